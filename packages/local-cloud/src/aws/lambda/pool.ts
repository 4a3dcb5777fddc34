import { AwsError } from "../../base/service.ts";
import type { FunctionConfiguration } from "./configuration.ts";
import type { Outcome, Run, Sandbox } from "./sandbox.ts";

export interface PoolOptions {
  /** Runs at once, all functions together. AWS gives a new account ten. */
  readonly concurrency: number;
  /** Threads at once, warm ones that wait included. Past that, the longest idle makes room. */
  readonly sandboxes: number;
  /** A warm sandbox that waits longer is stopped. */
  readonly idleMs: number;
}

interface Waiting {
  readonly configuration: FunctionConfiguration;
  readonly begin: () => void;
  readonly refuse: (error: AwsError) => void;
}

interface Idle {
  readonly arn: string;
  readonly sandbox: Sandbox;
  readonly reaper: NodeJS.Timeout;
}

/**
 * Gives each run a sandbox of its own: a warm one of that function, else a new one. Where AWS would throttle
 * (reserved concurrency or the ceiling reached), runs wait here in the order of their coming.
 */
export class Pool {
  readonly #create: (configuration: FunctionConfiguration) => Sandbox;
  readonly #options: PoolOptions;
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<string, number>();
  /** All living sandboxes, with the ARN of their function. */
  readonly #sandboxes = new Map<Sandbox, string>();
  /** Those that take no further run. */
  readonly #retired = new WeakSet<Sandbox>();
  /** Longest idle first. */
  #idle: Idle[] = [];
  #stopped = false;

  constructor(create: (configuration: FunctionConfiguration) => Sandbox, options: PoolOptions) {
    this.#create = create;
    this.#options = options;
  }

  /** Throws `ServiceUnavailableException` once stopped, for a run that the stop cuts short too. */
  async run(configuration: FunctionConfiguration, run: Run): Promise<Outcome> {
    await this.#turn(configuration);
    let sandbox: Sandbox | undefined;
    try {
      sandbox = this.#take(configuration);
      const outcome = await sandbox.run(run);
      // A run that the stop cut short is no failure of the function's.
      if (this.#stopped && "error" in outcome) {
        throw stopping();
      }
      return outcome;
    } finally {
      this.#count(configuration.arn, -1);
      if (sandbox) {
        this.#keep(configuration.arn, sandbox);
      }
      this.#admit();
    }
  }

  /** Ends a function's sandboxes: idle ones at once, others after their run. Settles when all are gone. */
  async retire(arn: string): Promise<void> {
    const old = [...this.#sandboxes].filter(([, owner]) => owner === arn).map(([sandbox]) => sandbox);
    for (const sandbox of old) {
      this.#retired.add(sandbox);
    }
    for (const idle of this.#idle.filter((each) => each.arn === arn)) {
      this.#reap(idle);
    }
    await Promise.all(old.map(({ ended }) => ended));
  }

  /** Refuses whoever waits, ends every thread, and returns when they are gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { refuse } of this.#waiting.splice(0)) {
      refuse(stopping());
    }
    for (const { reaper } of this.#idle.splice(0)) {
      clearTimeout(reaper);
    }
    await Promise.all([...this.#sandboxes.keys()].map((sandbox) => sandbox.stop()));
  }

  #turn(configuration: FunctionConfiguration): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ configuration, begin: resolve, refuse: reject });
      this.#admit();
    });
  }

  #admit(): void {
    if (this.#stopped) {
      for (const { refuse } of this.#waiting.splice(0)) {
        refuse(stopping());
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
      this.#reap(this.#idle[0]);
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
    const reaper = setTimeout(() => this.#reap(idle), this.#options.idleMs).unref();
    const idle: Idle = { arn, sandbox, reaper };
    this.#idle.push(idle);
    // A timer of the function's own may end it while it waits.
    void sandbox.ended.then(() => this.#forget(idle));
  }

  #reap(idle: Idle): void {
    this.#forget(idle);
    void idle.sandbox.stop();
  }

  #forget(idle: Idle): void {
    clearTimeout(idle.reaper);
    this.#idle = this.#idle.filter((each) => each !== idle);
  }
}

function stopping(): AwsError {
  return new AwsError("ServiceUnavailableException", "Lambda is stopping.", 503);
}
