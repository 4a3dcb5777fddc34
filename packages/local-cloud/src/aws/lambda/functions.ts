import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Iam } from "../iam/index.ts";
import { AwsError, type Clock, type Log, type Storage } from "../../base/service.ts";
import { fingerprint, sourceMaps, unpack } from "./archive.ts";
import type { FunctionConfiguration } from "./configuration.ts";
import type { FunctionError } from "./protocol.ts";
import { environmentOf } from "./environment.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { type Outcome, Sandbox } from "./sandbox.ts";
import { Sources } from "./sources.ts";

export interface FunctionsOptions {
  readonly configurations: ReadonlyMap<string, FunctionConfiguration>;
  readonly iam: Iam;
  readonly storage: Storage;
  /** The program's folder, which paths of code are relative to. */
  readonly program: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly environment: () => Readonly<Record<string, string>>;
  readonly caFile?: string | undefined;
  readonly limits?: Partial<PoolOptions> | undefined;
  readonly crashPoint?: ((functionName: string) => number | undefined) | undefined;
}

/** One finished run. */
export interface Execution {
  readonly requestId: string;
  readonly outcome: Outcome;
  /** What CloudWatch would hold of the run: START, the function's own lines, END, REPORT. */
  readonly lines: readonly string[];
}

export interface ExecutionRequest {
  /** The event, as JSON. */
  readonly event: string;
  readonly requestId?: string | undefined;
  /** JSON of `X-Amz-Client-Context`. */
  readonly clientContext?: string | undefined;
}

/** A function's code as it was unpacked. */
interface Code {
  readonly taskRoot: string;
  readonly sources: Sources;
  /** Of the archive and of all that is declared for the function. */
  readonly fingerprint: string;
}

const LIMITS: PoolOptions = { concurrency: 10, sandboxes: 30, idleMs: 300_000 };

/** The functions' code, unpacked, and the threads that run it. Knows nothing of callers and permissions. */
export class Functions {
  readonly #options: FunctionsOptions;
  readonly #pool: Pool;
  /** By the function's ARN. */
  readonly #code = new Map<string, Code>();
  #unpacked = 0;
  /** Lines of the runs under way, by request. */
  readonly #lines = new Map<string, string[]>();

  /** Throws `InvalidParameterValueException` for a role that Lambda may not assume, or code it cannot unpack. */
  constructor(options: FunctionsOptions) {
    this.#options = options;
    this.#pool = new Pool((configuration) => this.#sandbox(configuration), { ...LIMITS, ...options.limits });
    rmSync(this.#folder, { recursive: true, force: true });
    for (const configuration of options.configurations.values()) {
      requireTrust(options.iam, configuration.roleArn, configuration.arn);
      this.#code.set(configuration.arn, this.#unpack(configuration));
    }
  }

  /**
   * Unpacks what differs from what runs; the result has it run from the next invocation on. Throws, and changes nothing,
   * for code that it cannot unpack.
   */
  prepare(configurations: readonly FunctionConfiguration[]): () => void {
    const fresh = configurations
      .filter((each) => this.#code.get(each.arn)?.fingerprint !== this.#fingerprint(each))
      .map((each) => [each.arn, this.#unpack(each)] as const);
    return () => {
      for (const [arn, code] of fresh) {
        const old = this.#code.get(arn);
        this.#code.set(arn, code);
        void this.#pool.retire(arn).then(() => {
          if (old) {
            rmSync(old.taskRoot, { recursive: true, force: true });
          }
        });
      }
    };
  }

  async execute(configuration: FunctionConfiguration, request: ExecutionRequest): Promise<Execution> {
    const { arn, memoryMb, timeoutMs } = configuration;
    if (configuration.reserved === 0) {
      throw throttled();
    }
    const requestId = request.requestId ?? randomUUID();
    const lines = [`START RequestId: ${requestId} Version: $LATEST`];
    this.#lines.set(requestId, lines);
    const began = performance.now();
    try {
      const outcome = await this.#pool.run(configuration, {
        requestId,
        event: request.event,
        functionArn: arn,
        timeoutMs,
        clientContext: request.clientContext,
        crashAt: this.#options.crashPoint?.(configuration.name),
      });
      const ms = performance.now() - began;
      lines.push(`END RequestId: ${requestId}`);
      lines.push(
        `REPORT RequestId: ${requestId}\tDuration: ${ms.toFixed(2)} ms\tMemory Size: ${memoryMb} MB`,
      );
      if ("error" in outcome) {
        this.#options.log.error("function failed", {
          function: configuration.name,
          requestId,
          ...this.#named(arn, outcome.error),
        });
      }
      return { requestId, outcome, lines };
    } finally {
      this.#lines.delete(requestId);
    }
  }

  stop(): Promise<void> {
    return this.#pool.stop();
  }

  get #folder(): string {
    return join(this.#options.storage.folder, "functions");
  }

  #unpack(configuration: FunctionConfiguration): Code {
    const { code, name } = configuration;
    const { program } = this.#options;
    this.#unpacked += 1;
    const taskRoot = unpack(code, join(this.#folder, `${name}-${this.#unpacked}`), program);
    return {
      taskRoot,
      sources: new Sources(taskRoot, sourceMaps(code, program), program),
      fingerprint: this.#fingerprint(configuration),
    };
  }

  #fingerprint(configuration: FunctionConfiguration): string {
    return JSON.stringify([configuration, fingerprint(configuration.code, this.#options.program)]);
  }

  /** With the lines of the sources, for the log: callers get what AWS would give them. */
  #named(arn: string, error: FunctionError): FunctionError {
    const { sources } = this.#code.get(arn) ?? {};
    return sources && error.trace
      ? { ...error, trace: error.trace.map((line) => sources.named(line)) }
      : error;
  }

  #sandbox(asked: FunctionConfiguration): Sandbox {
    const { iam, clock, caFile, environment, log, configurations } = this.#options;
    // What waited for its turn runs on what is declared by then.
    const configuration = configurations.get(asked.arn) ?? asked;
    const { taskRoot = "", sources } = this.#code.get(configuration.arn) ?? {};
    const day = new Date(clock()).toISOString().slice(0, 10).replaceAll("-", "/");
    const logStream = `${day}/[$LATEST]${randomUUID().replaceAll("-", "")}`;
    const sandbox = new Sandbox({
      taskRoot,
      handler: configuration.handler,
      program: this.#options.program,
      callbacks: configuration.runtime !== "nodejs24.x",
      memoryMb: configuration.memoryMb,
      caFile,
      environment: environmentOf(configuration, {
        taskRoot,
        logStream,
        credentials: iam.credentials(configuration.roleArn),
        shared: environment(),
        caFile,
      }),
      onLine: (line, stream, requestId) => {
        if (requestId !== undefined) {
          this.#lines.get(requestId)?.push(line);
        }
        const shown = sources?.named(line) ?? line;
        log[levelOf(shown, stream)](shown, { function: configuration.name, requestId });
      },
    });
    void sandbox.ended.then(() => log.debug("sandbox ended", { function: configuration.name, logStream }));
    return sandbox;
  }
}

/** The level that a function gives its line in JSON, as Powertools and Lambda's own format do; else by stream. */
function levelOf(line: string, stream: "stdout" | "stderr"): "debug" | "info" | "warn" | "error" {
  const [, level = ""] = /^\{.*?"level":"(\w+)"/.exec(line) ?? [];
  return levels[level.toUpperCase()] ?? (stream === "stdout" ? "info" : "warn");
}

const levels: Readonly<Record<string, "debug" | "info" | "warn" | "error">> = {
  TRACE: "debug",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
  CRITICAL: "error",
  FATAL: "error",
};

function requireTrust(iam: Iam, roleArn: string, functionArn: string): void {
  try {
    iam.assume(roleArn, "lambda.amazonaws.com", functionArn);
  } catch (error) {
    throw new AwsError(
      "InvalidParameterValueException",
      `The role ${roleArn} defined for the function ${functionArn} cannot be assumed by Lambda: ${String(error)}`,
    );
  }
}

function throttled(): AwsError {
  const details = { Type: "User", Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" };
  return new AwsError("TooManyRequestsException", "Rate Exceeded.", 429, details);
}
