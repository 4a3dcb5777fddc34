import { createRequire, registerHooks } from "node:module";
import { sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ResidentAnswer, ResidentRun } from "./resident.ts";
import { sdk } from "./sdk.ts";

/**
 * A process that runs the program once for each message, as Pulumi's automation API runs an inline program. Pulumi stays
 * loaded and compiled. The program's own modules are loaded again for each run.
 */

const program = process.env["INLINE_PROGRAM"] ?? "";
const root = (process.env["PULUMI_NODEJS_ROOT_DIRECTORY"] ?? "") + sep;
const require = createRequire(program);

// The SDK records a stack for each promise, to report those that are open when the process ends. This process stays.
const debuggable = sdk("./runtime/debuggable") as { debuggablePromise: <Value>(promise: Value) => Value };
debuggable.debuggablePromise = (promise) => promise;

interface Errors {
  readonly RunError: { isInstance(error: unknown): error is Error };
}
/** The part of a request's generated class that is used. */
interface RunRequest {
  setProject(name: string): void;
  setStack(name: string): void;
  setOrganization(name: string): void;
  setParallel(max: number): void;
  setDryrun(preview: boolean): void;
  setMonitorAddress(address: string): void;
  setArgsList(values: readonly string[]): void;
  getConfigMap(): Map<string, string>;
  setConfigsecretkeysList(keys: readonly string[]): void;
}
type Callback = (error: Error | undefined) => void;
interface Server {
  run(call: { readonly request: RunRequest }, callback: Callback): Promise<void>;
}

const { RunError } = sdk("./errors") as Errors;
const { RunRequest } = sdk("./proto/language_pb.js") as { RunRequest: new () => RunRequest };
const { LanguageServer } = sdk("./automation/server.js") as {
  LanguageServer: new (program: () => Promise<unknown>) => Server;
};
require("@pulumi/aws");

let runs = 0;
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const isFile = resolved.url.startsWith("file:");
    return isFile && isProgramFile(fileURLToPath(resolved.url))
      ? { ...resolved, url: `${resolved.url}?run=${runs}` }
      : resolved;
  },
});

process.channel?.ref();
process.on("message", (message) => {
  void run(message as ResidentRun).then((answer) => process.send?.(answer));
});

async function run(run: ResidentRun): Promise<ResidentAnswer> {
  runs += 1;
  for (const file of Object.keys(require.cache)) {
    if (isProgramFile(file)) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- how Node is made to load a module again
      delete require.cache[file];
    }
  }
  const ended = Promise.withResolvers<Error | undefined>();
  const server = new LanguageServer(async () => ({
    ...((await import(pathToFileURL(program).href)) as object),
  }));
  await server.run({ request: requestOf(run) }, ended.resolve);
  const error = await ended.promise;
  return error === undefined ? {} : { error: RunError.isInstance(error) ? error.message : textOf(error) };
}

function requestOf({ project, stack, preview, address, config, secretKeys }: ResidentRun): RunRequest {
  const request = new RunRequest();
  request.setProject(project);
  request.setStack(stack);
  request.setOrganization("organization");
  request.setParallel(16);
  request.setDryrun(preview);
  request.setMonitorAddress(address);
  request.setArgsList([address]);
  for (const [key, value] of Object.entries(config)) {
    request.getConfigMap().set(key, value);
  }
  request.setConfigsecretkeysList(secretKeys);
  return request;
}

/** True for the program's own files, false for installed packages. */
function isProgramFile(file: string): boolean {
  return file.startsWith(root) && !file.includes(`${sep}node_modules${sep}`);
}

const textOf = ({ stack, message }: Error): string => stack ?? message;
