import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Iam } from "../iam/index.ts";
import { AwsError, type Clock, type Log, type Storage } from "../service.ts";
import { unpack } from "./archive.ts";
import type { FunctionConfiguration } from "./configuration.ts";
import { environmentOf } from "./environment.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { type Outcome, Sandbox } from "./sandbox.ts";

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
  readonly dies?: ((functionName: string) => number | undefined) | undefined;
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

const LIMITS: PoolOptions = { concurrency: 10, sandboxes: 30, idleMs: 300_000 };

/** The functions' code, unpacked, and the threads that run it. Knows nothing of callers and permissions. */
export class Functions {
  readonly #options: FunctionsOptions;
  readonly #pool: Pool;
  readonly #taskRoots = new Map<string, string>();
  /** Lines of the runs under way, by request. */
  readonly #lines = new Map<string, string[]>();

  /** Throws `InvalidParameterValueException` for a role that Lambda may not assume, or code it cannot unpack. */
  constructor(options: FunctionsOptions) {
    this.#options = options;
    this.#pool = new Pool((configuration) => this.#sandbox(configuration), { ...LIMITS, ...options.limits });
    for (const { arn, name, roleArn, code } of options.configurations.values()) {
      requireTrust(options.iam, roleArn, arn);
      this.#taskRoots.set(
        arn,
        unpack(code, join(options.storage.folder, "functions", name), options.program),
      );
    }
  }

  async execute(configuration: FunctionConfiguration, request: ExecutionRequest): Promise<Execution> {
    const { arn, memoryMb, timeoutMs } = configuration;
    if (configuration.reserved === 0) throw throttled();
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
        dies: this.#options.dies?.(configuration.name),
      });
      const ms = performance.now() - began;
      lines.push(`END RequestId: ${requestId}`);
      lines.push(
        `REPORT RequestId: ${requestId}\tDuration: ${ms.toFixed(2)} ms\tMemory Size: ${memoryMb} MB`,
      );
      if ("error" in outcome)
        this.#options.log.error("function failed", {
          function: configuration.name,
          requestId,
          ...outcome.error,
        });
      return { requestId, outcome, lines };
    } finally {
      this.#lines.delete(requestId);
    }
  }

  stop(): Promise<void> {
    return this.#pool.stop();
  }

  #sandbox(configuration: FunctionConfiguration): Sandbox {
    const { iam, clock, caFile, environment, log } = this.#options;
    const taskRoot = this.#taskRoots.get(configuration.arn) ?? "";
    const day = new Date(clock()).toISOString().slice(0, 10).replaceAll("-", "/");
    const logStream = `${day}/[$LATEST]${randomUUID().replaceAll("-", "")}`;
    const sandbox = new Sandbox({
      taskRoot,
      handler: configuration.handler,
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
        if (requestId !== undefined) this.#lines.get(requestId)?.push(line);
        log[stream === "stdout" ? "info" : "warn"](line, { function: configuration.name, requestId });
      },
    });
    void sandbox.ended.then(() => log.debug("sandbox ended", { function: configuration.name, logStream }));
    return sandbox;
  }
}

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
