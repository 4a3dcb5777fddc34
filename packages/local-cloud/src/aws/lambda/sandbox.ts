import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { isDebugged } from "./debugging.ts";
import { levelOf } from "./level.ts";
import type { Boot, FunctionError, Line, Reply, Request } from "./protocol.ts";

/** How one run ended: JSON, or the error object. */
export type Outcome = { readonly payload: string } | { readonly error: FunctionError };

export interface SandboxOptions extends Boot {
  readonly environment: Record<string, string>;
  readonly memoryMb: number;
  /** Of CloudWatch Logs. */
  readonly logStream: string;
  readonly onStart: (requestId: string) => void;
  /** Gets what the function logs, with its run. */
  readonly onLine: (line: Line, requestId: string | undefined) => void;
}

/** A run. */
export type Run = Request;

/** The init phase has its own limit: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const INIT_MS = 10_000;

/** AWS's limit is 100 bytes over 6 MB, as its message says. */
const MAX_RESPONSE_BYTES = 6_291_556;

/** An execution environment: a worker thread that runs one request at a time, and ends with its first crash. */
export class Sandbox {
  /** Settles when the thread has ended. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #options: SandboxOptions;
  #alive = true;
  #started: Promise<Outcome> | undefined;
  #requestId: string | undefined;
  #settle: ((outcome: Outcome) => void) | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
    const { environment, memoryMb, taskRoot, handler, program, callbacks, caFile } = options;
    this.#worker = new Worker(join(import.meta.dirname, "worker.ts"), {
      env: environment,
      execArgv: ["--disable-warning=ExperimentalWarning"],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      workerData: { taskRoot, handler, program, callbacks, caFile } satisfies Boot,
    });
    this.#worker.on("message", (reply: Reply) => this.#receive(reply));
    this.#worker.on("error", (error) => this.#crash(errorOfThread(error, this.#requestId)));
    this.ended = new Promise((resolve) => {
      this.#worker.once("exit", (status) => {
        this.#crash(exited(status, this.#requestId));
        resolve();
      });
    });
    this.#started = this.#next(INIT_MS);
  }

  get logStream(): string {
    return this.#options.logStream;
  }

  /** False after a crash, a timeout or a stop: it runs nothing more. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Runs the handler. Never rejects: an error of the code is an outcome too. */
  async run(run: Run): Promise<Outcome> {
    this.#requestId = run.requestId;
    this.#options.onStart(run.requestId);
    const init = await this.#started;
    this.#started = undefined;
    if (init && "error" in init) {
      return init;
    }
    if (!this.#alive) {
      return { error: exited(1, run.requestId) };
    }
    const outcome = this.#next(run.timeoutMs);
    this.#worker.postMessage(run);
    const settled = await outcome;
    this.#requestId = undefined;
    return limited(settled);
  }

  async stop(): Promise<void> {
    this.#alive = false;
    await this.#worker.terminate();
  }

  #next(timeoutMs: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const timer = isDebugged()
        ? // The time at a breakpoint would count.
          undefined
        : setTimeout(() => this.#crash(timedOut(timeoutMs, this.#requestId)), timeoutMs);
      this.#settle = (outcome) => {
        this.#settle = undefined;
        clearTimeout(timer);
        resolve(outcome);
      };
    });
  }

  #receive(reply: Reply): void {
    if (reply.kind === "wrote") {
      this.#write(reply.text, reply.stream);
    } else if (reply.kind === "logged") {
      this.#options.onLine(reply.line, this.#requestId);
    } else if (reply.kind === "crashed") {
      this.#crash(reply.error);
    } else if (reply.kind === "threw") {
      this.#settle?.({ error: reply.error });
    } else {
      this.#settle?.({ payload: reply.kind === "returned" ? reply.payload : "" });
    }
  }

  #crash(error: FunctionError): void {
    this.#alive = false;
    this.#settle?.({ error });
    // `ended` settles when the thread has ended.
    void this.#worker.terminate();
  }

  #write(text: string, stream: "stdout" | "stderr"): void {
    const otherwise = stream === "stdout" ? "info" : "warn";
    for (const line of text.replace(/\n$/, "").split("\n")) {
      this.#options.onLine({ event: line, message: line, level: levelOf(line, otherwise) }, this.#requestId);
    }
  }
}

function limited(outcome: Outcome): Outcome {
  if ("error" in outcome || Buffer.byteLength(outcome.payload) <= MAX_RESPONSE_BYTES) {
    return outcome;
  }
  return {
    error: {
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
    },
  };
}

function timedOut(timeoutMs: number, requestId = "-"): FunctionError {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

function exited(status: number, requestId = "-"): FunctionError {
  const how =
    status === 0
      ? "Runtime exited without providing a reason"
      : `Runtime exited with error: exit status ${status}`;
  return { errorType: "Runtime.ExitError", errorMessage: `RequestId: ${requestId} Error: ${how}` };
}

function errorOfThread(error: unknown, requestId = "-"): FunctionError {
  if ((error as { code?: unknown }).code === "ERR_WORKER_OUT_OF_MEMORY") {
    const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`;
    return { errorType: "Runtime.OutOfMemory", errorMessage };
  }
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") ?? [] }
    : { errorType: typeof error, errorMessage: String(error) };
}

export function traceId(): string {
  const hex = (bytes: number): string => randomBytes(bytes).toString("hex");
  return `Root=1-${hex(4)}-${hex(12)};Parent=${hex(8)};Sampled=0`;
}
