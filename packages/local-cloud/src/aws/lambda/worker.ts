import { subscribe } from "node:diagnostics_channel";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { pathToFileURL } from "node:url";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type CallbackHandler, callWithCallback } from "./callbacks.ts";
import { patchConsole } from "./console.ts";
import { confineImports } from "./imports.ts";
import type { Boot, FunctionError, Reply, Request } from "./protocol.ts";

/*
 * Lambda's runtime in one worker thread. Error types and messages are those of Lambda's own runtime,
 * aws-lambda-nodejs-runtime-interface-client.
 */

type Handler = (event: unknown, context: Readonly<Record<string, unknown>>) => unknown;

class RuntimeError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = `Runtime.${name}`;
  }
}

if (parentPort) {
  void serve(parentPort, workerData as Boot);
}

/** Of the current run, or of the last one. */
let requestId: string | undefined;

async function serve(port: MessagePort, boot: Boot): Promise<void> {
  const reply = (message: Reply): void => port.postMessage(message);
  captureOutput(reply);
  patchConsole(
    () => requestId,
    (line) => reply({ kind: "logged", line }),
  );
  reportCrashes(reply);
  confineImports(boot.taskRoot, boot.program);
  try {
    if (boot.caFile !== undefined) {
      trust(boot.caFile);
    }
    const loaded = await load(boot);
    const handler: Handler = boot.callbacks
      ? (event, context) => callWithCallback(loaded, event, context, port)
      : loaded;
    port.on("message", (request: Request) => void invoke(handler, request).then(reply));
    reply({ kind: "ready" });
  } catch (error) {
    reply({ kind: "crashed", error: describe(error) });
  }
}

async function invoke(handler: Handler, request: Request): Promise<Reply> {
  process.env["_X_AMZN_TRACE_ID"] = request.traceId;
  ({ requestId } = request);
  if (request.crashAt === undefined) {
    return run(handler, request);
  }
  crashAt(request.crashAt);
  await run(handler, request);
  return die();
}

async function run(handler: Handler, request: Request): Promise<Reply> {
  try {
    const result = await handler(JSON.parse(request.event), contextOf(request));
    return { kind: "returned", payload: stringify(result) };
  } catch (error) {
    return { kind: "threw", error: describe(error) };
  }
}

function contextOf(request: Request): Record<string, unknown> {
  const deadline = performance.now() + request.timeoutMs;
  return {
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
    functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
    memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    logGroupName: process.env["AWS_LAMBDA_LOG_GROUP_NAME"],
    logStreamName: process.env["AWS_LAMBDA_LOG_STREAM_NAME"],
    invokedFunctionArn: request.functionArn,
    awsRequestId: request.requestId,
    clientContext: request.clientContext === undefined ? undefined : JSON.parse(request.clientContext),
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  };
}

/** Ends the thread at a call of the handler, by the SDK or by fetch, or at its answer. */
function crashAt(point: number): void {
  const at = (channels: readonly string[], last: number): void => {
    let passed = 0;
    for (const channel of channels) {
      subscribe(channel, () => {
        if (passed++ === last) {
          die();
        }
      });
    }
  };
  if (point % 2 === 0) {
    at(["http.client.request.created", "undici:request:create"], point / 2);
  } else {
    at(["http.client.response.finish", "undici:request:headers"], (point - 1) / 2);
  }
}

/** The exit status is that of a killed process. */
function die(): never {
  process.exit(137);
}

function stringify(result: unknown): string {
  try {
    // The JSON of a function or a symbol is undefined, in spite of the type. AWS answers null.
    const json: unknown = JSON.stringify(result);
    return typeof json === "string" ? json : "null";
  } catch {
    throw new RuntimeError("JSONStringifyError", "Unable to stringify response body");
  }
}

async function load({ taskRoot, handler: name, callbacks }: Boot): Promise<Handler & CallbackHandler> {
  const [, path = "", exported = ""] = /^((?:.*\/)?[^./]+)\.(.+)$/.exec(name) ?? [];
  if (path === "" || name.includes("..")) {
    throw new RuntimeError("MalformedHandlerName", "Bad handler");
  }
  const file = [".js", ".mjs", ".cjs"]
    .map((end) => resolve(taskRoot, path + end))
    .find((it) => existsSync(it));
  if (file === undefined) {
    throw new RuntimeError("ImportModuleError", `Error: Cannot find module '${path}'`);
  }
  const module = await importing(file);
  const found = exported
    .split(".")
    .reduce<unknown>((at, key) => member(at, key) ?? member(member(at, "default"), key), module);
  if (found === undefined) {
    throw new RuntimeError("HandlerNotFound", `${name} is undefined or not exported`);
  }
  if (typeof found !== "function") {
    throw new RuntimeError("HandlerNotFound", `${name} is not a function`);
  }
  if (found.length >= 3 && !callbacks) {
    throw new RuntimeError(
      "CallbackHandlerDeprecated",
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.",
    );
  }
  return found as Handler & CallbackHandler;
}

async function importing(file: string): Promise<unknown> {
  try {
    return (await import(pathToFileURL(file).href)) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError("UserCodeSyntaxError", String(error));
    }
    const code = member(error, "code");
    if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") {
      throw error;
    }
    throw new RuntimeError("ImportModuleError", String(error));
  }
}

function member(value: unknown, key: string): unknown {
  return value === null || value === undefined ? undefined : (value as Record<string, unknown>)[key];
}

function trust(caFile: string): void {
  setDefaultCACertificates([...getCACertificates("default"), readFileSync(caFile, "utf8")]);
}

/** Sends output by the port, not by the thread's streams, so that a line arrives before a later result. */
function captureOutput(reply: (message: Reply) => void): void {
  for (const stream of ["stdout", "stderr"] as const) {
    process[stream].write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      reply({
        kind: "wrote",
        stream,
        text: typeof chunk === "string" ? chunk : Buffer.from(chunk).toString(),
      });
      const done = rest.find((argument) => typeof argument === "function");
      if (done) {
        queueMicrotask(done as () => void);
      }
      return true;
    };
  }
}

function reportCrashes(reply: (message: Reply) => void): void {
  process.on("uncaughtException", (error) => reply({ kind: "crashed", error: describe(error) }));
  process.on("unhandledRejection", (reason) => {
    const error = new RuntimeError("UnhandledPromiseRejection", String(reason));
    const trace = reason instanceof Error ? { trace: describe(reason).trace ?? [] } : {};
    reply({ kind: "crashed", error: { ...describe(error), ...trace } });
  });
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") ?? [] };
}
