import type { Session } from "node:inspector";
import { Module } from "node:module";
import { setFlagsFromString } from "node:v8";
import { sdk } from "./sdk.ts";

// Runs in the program's process before Pulumi's runner.

// The parent may be killed without warning; the program ends with the channel to it.
process.on("disconnect", () => process.exit(1));
process.channel?.unref();

// What follows changes nothing that a program can see, and saves two thirds of its time.

// The SDK notes a stack for each promise and resource, and would map every frame of it, while Node's own type
// stripping leaves positions as they are.
standIn("source-map-support/register", {});

// These serve programs that turn their own functions into Lambda's, and are loaded with the first of those.
standIn("@npmcli/arborist", lazy("@npmcli/arborist"));
standIn("./typescript-shim", lazy("./typescript-shim"));
standIn("./runtime/closure/v8Hooks", inspection());

// Each debug message, whole requests among them, would be a call to the engine, one after the other, and the engine
// drops them all.
const log = sdk("./log") as { debug: () => Promise<void> };
log.debug = () => Promise.resolve();

function standIn(id: string, exports: object): void {
  const file = sdk.resolve(id);
  sdk.cache[file] = Object.assign(new Module(file), { loaded: true, exports });
}

/**
 * Names the script of a function by an inspector session. The SDK opens one before anything else, to see each script
 * come, and a process under inspection is slower; but a session that listens first sees those that came before it too.
 */
function inspection(): object {
  setFlagsFromString("--allow-natives-syntax");
  const urls = new Map<string, string>();
  const open = async (): Promise<Session> => {
    const inspector = await import("node:inspector");
    const session = new inspector.Session();
    session.connect();
    session.on("Debugger.scriptParsed", ({ params: { scriptId, url } }) => urls.set(scriptId, url));
    await new Promise<void>((resolve, reject) => {
      session.post("Debugger.enable", (error) => (error ? reject(error) : resolve()));
    });
    return session;
  };
  let session: Promise<Session> | undefined;
  return {
    getSessionAsync: () => (session ??= open()),
    isInitializedAsync: () => Promise.resolve(),
    getScriptUrl: (id: string) => urls.get(id),
  };
}

function lazy(id: string): object {
  const load = () => {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the way to have Node load a module anew
    delete sdk.cache[sdk.resolve(id)];
    return sdk(id) as Readonly<Record<PropertyKey, unknown>>;
  };
  let module: ReturnType<typeof load> | undefined;
  return new Proxy({}, { get: (_, key) => key === "__esModule" || (module ??= load())[key] });
}
