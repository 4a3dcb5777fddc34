import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Iam } from "../iam/index.ts";
import { type Meter, noMeter } from "../../base/meter.ts";
import { type Metrics, noMetrics } from "../../base/metrics.ts";
import { noRecorder, type Recorder } from "../../base/recorder.ts";
import { refuse } from "../../base/refusal.ts";
import type { Clock, Log, Storage } from "../../base/service.ts";
import { attempt, requireTrust } from "./declared.ts";
import { fingerprint, sourceMaps, unpack } from "./archive.ts";
import { isDebugged, nameSourceMaps } from "./debugging.ts";
import type { FunctionConfiguration } from "./configuration.ts";
import { countRun, endLines, newLogStream, startLine } from "./lines.ts";
import type { FunctionError } from "./protocol.ts";
import { environmentOf } from "./environment.ts";
import { putMetric } from "./metered.ts";
import { Pool, type PoolOptions, throttled } from "./pool.ts";
import { type Outcome, Sandbox, traceId } from "./sandbox.ts";
import { Sources } from "./sources.ts";

export interface FunctionsOptions {
  readonly configurations: ReadonlyMap<string, FunctionConfiguration>;
  readonly iam: Iam;
  readonly storage: Storage;
  /** The program's folder, which paths of code are relative to. */
  readonly program: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter?: Meter | undefined;
  readonly metrics?: Metrics | undefined;
  readonly recorder?: Recorder | undefined;
  /** Variables for every function: `AWS_ENDPOINT_URL`. Called when a sandbox starts. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** The PEM file of the authority that signs this cloud's certificates. */
  readonly caFile?: string | undefined;
  readonly limits?: Partial<PoolOptions> | undefined;
  /** Called before each run: where its worker crashes (`Request.crashAt`), or undefined. */
  readonly crashPoint?: ((functionName: string) => number | undefined) | undefined;
}

/** One finished run. */
export interface Execution {
  readonly requestId: string;
  readonly outcome: Outcome;
  /** The lines of the run in CloudWatch: START, those of the function, END, REPORT. */
  readonly lines: readonly string[];
}

export interface ExecutionRequest {
  /** The event, as JSON. */
  readonly event: string;
  readonly requestId?: string | undefined;
  /** JSON of `X-Amz-Client-Context`. */
  readonly clientContext?: string | undefined;
}

/** A function's unpacked code. */
interface Code {
  readonly taskRoot: string;
  readonly sources: Sources;
  /** Of the archive and of the function's inputs. */
  readonly fingerprint: string;
}

export const defaultLimits: PoolOptions = { concurrency: 10, sandboxes: 30, idleMs: 300_000 };

/** Unpacks the functions' code, and runs it in threads. Does not check permissions. */
export class Functions {
  readonly #options: FunctionsOptions;
  readonly #pool: Pool;
  /** By the function's ARN. */
  readonly #code = new Map<string, Code>();
  #unpacked = 0;
  /** Lines of the current runs, by request. */
  readonly #lines = new Map<string, string[]>();

  /** Throws `InvalidInput` for a role that Lambda may not assume, and for code that cannot be unpacked. */
  constructor(options: FunctionsOptions) {
    this.#options = options;
    this.#pool = new Pool((configuration) => this.#sandbox(configuration), {
      ...defaultLimits,
      ...options.limits,
    });
    rmSync(this.#folder, { recursive: true, force: true });
    for (const configuration of options.configurations.values()) {
      requireTrust(options.iam, configuration);
      this.#code.set(configuration.arn, this.#unpack(configuration));
    }
  }

  /**
   * Unpacks the code of the functions that have changed. The result makes their next invocations run it. Throws, and
   * changes nothing, for code that cannot be unpacked.
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
    if (configuration.reserved === 0) {
      putMetric(this.#options.metrics, configuration, "Throttles", 1);
      throw throttled();
    }
    const { recorder = noRecorder } = this.#options;
    const about = {
      ...{ service: "lambda", operation: "run", resource: configuration.name, input: request.event },
      principal: { kind: "service", service: "lambda.amazonaws.com" } as const,
    };
    return recorder.call(about, () => this.#execute(configuration, request, recorder));
  }

  async #execute(
    configuration: FunctionConfiguration,
    request: ExecutionRequest,
    recorder: Recorder,
  ): Promise<Execution> {
    const { arn, memoryMb, timeoutMs, roleArn } = configuration;
    const trace = traceId();
    recorder.note({ trace, runsAs: roleArn });
    const requestId = request.requestId ?? randomUUID();
    const lines = [startLine(requestId)];
    this.#lines.set(requestId, lines);
    try {
      const { outcome, ms, logStream } = await this.#pool.run(configuration, {
        requestId,
        traceId: trace,
        event: request.event,
        functionArn: arn,
        timeoutMs,
        clientContext: request.clientContext,
        crashAt: this.#options.crashPoint?.(configuration.name),
      });
      const { metrics = noMetrics, clock } = this.#options;
      const ending = endLines({ requestId, outcome, ms, memoryMb, at: clock() });
      lines.push(...ending);
      ending.forEach((line) => metrics.line(configuration.logGroup, logStream, line));
      countRun(this.#options.meter ?? noMeter, configuration, ms, lines);
      putMetric(metrics, configuration, "Invocations", 1);
      putMetric(metrics, configuration, "Errors", "error" in outcome ? 1 : 0);
      putMetric(metrics, configuration, "Duration", ms);
      recorder.note({ lines });
      recorder.line(configuration.name, requestId, lines.at(-1) ?? "");
      if ("error" in outcome) {
        const named = this.#named(arn, outcome.error);
        const stack = [`${named.errorType}: ${named.errorMessage}`, ...(named.trace ?? []).slice(1)];
        recorder.note({ error: { code: named.errorType, message: stack.join("\n") } });
        recorder.line(configuration.name, requestId, stack.join("\n"));
        this.#options.log.error("function failed", {
          function: configuration.name,
          requestId,
          ...named,
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
    const { code, name, declared } = configuration;
    const { program } = this.#options;
    this.#unpacked += 1;
    const folder = join(this.#folder, `${name}-${this.#unpacked}`);
    const taskRoot = attempt(
      () => unpack(code, folder, program),
      (why) => refuse(declared, "code", `cannot be unpacked: ${why}`),
    );
    const maps = sourceMaps(code, program);
    if (isDebugged()) {
      nameSourceMaps(taskRoot, maps);
    }
    return {
      taskRoot,
      sources: new Sources(taskRoot, maps, program),
      fingerprint: this.#fingerprint(configuration),
    };
  }

  #fingerprint(configuration: FunctionConfiguration): string {
    return JSON.stringify([configuration, fingerprint(configuration.code, this.#options.program)]);
  }

  /** The error with lines of the sources, for the log. Callers get the error as on AWS. */
  #named(arn: string, error: FunctionError): FunctionError {
    const { sources } = this.#code.get(arn) ?? {};
    return sources && error.trace
      ? { ...error, trace: error.trace.map((line) => sources.named(line)) }
      : error;
  }

  #sandbox(asked: FunctionConfiguration): Sandbox {
    const { iam, clock, caFile, environment, log, recorder, configurations } = this.#options;
    const { metrics = noMetrics } = this.#options;
    // A reload may have changed the declaration while the run waited.
    const configuration = configurations.get(asked.arn) ?? asked;
    const { taskRoot = "", sources } = this.#code.get(configuration.arn) ?? {};
    const logStream = newLogStream(clock());
    const sandbox = new Sandbox({
      taskRoot,
      handler: configuration.handler,
      program: this.#options.program,
      callbacks: configuration.runtime !== "nodejs24.x",
      memoryMb: configuration.memoryMb,
      caFile,
      logStream,
      onStart: (requestId) => metrics.line(configuration.logGroup, logStream, startLine(requestId)),
      environment: environmentOf(configuration, {
        taskRoot,
        logStream,
        credentials: iam.credentials(configuration.roleArn),
        shared: environment(),
        caFile,
      }),
      onLine: ({ event, message, level }, requestId) => {
        if (requestId !== undefined) {
          this.#lines.get(requestId)?.push(event);
        }
        metrics.line(configuration.logGroup, logStream, event);
        const shown = sources?.named(message) ?? message;
        recorder?.line(configuration.name, requestId, shown);
        log[level](shown, { function: configuration.name, requestId });
      },
    });
    void sandbox.ended.then(() => log.debug("sandbox ended", { function: configuration.name, logStream }));
    return sandbox;
  }
}
