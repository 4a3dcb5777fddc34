import { AwsError } from "../../base/service.ts";
import type { FunctionConfiguration } from "./configuration.ts";
import type { Outcome, Run, Sandbox } from "./sandbox.ts";

export interface PoolOptions {
  /** The maximum number of concurrent runs of all functions. A new AWS account has ten. */
  readonly concurrency: number;
  /** The maximum number of threads, with idle ones. Beyond it, the thread that is idle the longest ends. */
  readonly sandboxes: number;
  /** A sandbox that is idle for longer is stopped. */
  readonly idleMs: number;
}

/** A run and its duration, with the start of a new sandbox, without the wait for a free one. */
export interface Ran {
  readonly outcome: Outcome;
  readonly ms: number;
  readonly logStream: string;
}

interface Waiting {
  readonly configuration: FunctionConfiguration;
  readonly begin: () => void;
  readonly reject: (error: AwsError) => void;
}

interface Idle {
  readonly arn: string;
  readonly sandbox: Sandbox;
  readonly timer: NodeJS.Timeout;
}

/**
 * Runs each invocation in a sandbox of the function: an idle one, or else a new one. Where AWS throttles (at the
 * reserved concurrency, or at the limit of all functions), invocations wait here, first in, first out.
 */
export class Pool {
  readonly #create: (configuration: FunctionConfiguration) => Sandbox;
  readonly #options: PoolOptions;
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<string, number>();
  /** All sandboxes that have not ended, with the ARN of their function. */
  readonly #sandboxes = new Map<Sandbox, string>();
  /** Sandboxes that get no further run. */
  readonly #retired = new WeakSet<Sandbox>();
  /** The sandbox that is idle the longest is first. */
  #idle: Idle[] = [];
  #stopped = false;

  constructor(create: (configuration: FunctionConfiguration) => Sandbox, options: PoolOptions) {
    this.#create = create;
    this.#options = options;
  }

  /** Throws `ServiceUnavailableException` after the stop, and for a run that the stop interrupts. */
  async run(configuration: FunctionConfiguration, run: Run): Promise<Ran> {
    await this.#turn(configuration);
    let sandbox: Sandbox | undefined;
    try {
      const began = performance.now();
      sandbox = this.#take(configuration);
      const outcome = await sandbox.run(run);
      // The stop interrupted the run: the function did not fail.
      if (this.#stopped && "error" in outcome) {
        throw stopping();
      }
      return { outcome, ms: performance.now() - began, logStream: sandbox.logStream };
    } finally {
      this.#count(configuration.arn, -1);
      if (sandbox) {
        this.#keep(configuration.arn, sandbox);
      }
      this.#admit();
    }
  }

  /** Ends a function's sandboxes: idle ones immediately, the others after their run. Settles when all have ended. */
  async retire(arn: string): Promise<void> {
    const old = [...this.#sandboxes].filter(([, owner]) => owner === arn).map(([sandbox]) => sandbox);
    for (const sandbox of old) {
      this.#retired.add(sandbox);
    }
    for (const idle of this.#idle.filter((each) => each.arn === arn)) {
      this.#end(idle);
    }
    await Promise.all(old.map(({ ended }) => ended));
  }

  /** Rejects the waiting runs, ends every thread, and returns when all have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { reject } of this.#waiting.splice(0)) {
      reject(stopping());
    }
    for (const { timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
    }
    await Promise.all([...this.#sandboxes.keys()].map((sandbox) => sandbox.stop()));
  }

  #turn(configuration: FunctionConfiguration): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ configuration, begin: resolve, reject });
      this.#admit();
    });
  }

  #admit(): void {
    if (this.#stopped) {
      for (const { reject } of this.#waiting.splice(0)) {
        reject(stopping());
      }
    }
    let index: number;
    while ((index = this.#waiting.findIndex((each) => this.#free(each.configuration))) >= 0) {
      const [next] = this.#waiting.splice(index, 1);
      if (!next) {
        return;
      }
      this.#count(next.configuration.arn, 1);
      next.begin();
    }
  }

  #free({ arn, reserved = Infinity }: FunctionConfiguration): boolean {
    const all = [...this.#running.values()].reduce((sum, count) => sum + count, 0);
    return all < this.#options.concurrency && (this.#running.get(arn) ?? 0) < reserved;
  }

  #count(arn: string, change: number): void {
    this.#running.set(arn, (this.#running.get(arn) ?? 0) + change);
  }

  #take(configuration: FunctionConfiguration): Sandbox {
    if (this.#stopped) {
      throw stopping();
    }
    const warm = this.#idle.findLast(({ arn, sandbox }) => arn === configuration.arn && sandbox.alive);
    if (warm) {
      this.#forget(warm);
      return warm.sandbox;
    }
    if (this.#sandboxes.size >= this.#options.sandboxes && this.#idle[0]) {
      this.#end(this.#idle[0]);
    }
    const sandbox = this.#create(configuration);
    this.#sandboxes.set(sandbox, configuration.arn);
    void sandbox.ended.then(() => this.#sandboxes.delete(sandbox));
    return sandbox;
  }

  #keep(arn: string, sandbox: Sandbox): void {
    if (!sandbox.alive || this.#stopped) {
      return;
    }
    if (this.#retired.has(sandbox)) {
      void sandbox.stop();
      return;
    }
    const timer = setTimeout(() => this.#end(idle), this.#options.idleMs).unref();
    const idle: Idle = { arn, sandbox, timer };
    this.#idle.push(idle);
    // A timer of the function may end the thread while it is idle.
    void sandbox.ended.then(() => this.#forget(idle));
  }

  #end(idle: Idle): void {
    this.#forget(idle);
    void idle.sandbox.stop();
  }

  #forget(idle: Idle): void {
    clearTimeout(idle.timer);
    this.#idle = this.#idle.filter((each) => each !== idle);
  }
}

function stopping(): AwsError {
  return new AwsError("ServiceUnavailableException", "Lambda is stopping.", 503);
}

/** More runs at the same time than a function may have. */
export function throttled(): AwsError {
  const details = { Type: "User", Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" };
  return new AwsError("TooManyRequestsException", "Rate Exceeded.", 429, details);
}
