import type { Session } from "node:inspector";
import { Module } from "node:module";
import { setFlagsFromString } from "node:v8";
import { sdk } from "./sdk.ts";

// Runs in the program's process before Pulumi's runner.

// The parent may be killed without warning. The program ends when the channel to it closes.
process.on("disconnect", () => process.exit(1));
process.channel?.unref();

// The rest of this file changes nothing that a program can observe, and saves two thirds of its time.

// The SDK records a stack for each promise and resource, and would map every frame of it. That is not needed: Node's
// type stripping keeps positions.
standIn("source-map-support/register", {});

// Only programs that make Lambda functions of their own code need these. They are loaded with the first such function.
standIn("@npmcli/arborist", lazy("@npmcli/arborist"));
standIn("./typescript-shim", lazy("./typescript-shim"));
standIn("./runtime/closure/v8Hooks", inspection());

// Each debug message would be a call to the engine, some with whole requests, one after the other. The engine drops
// them all.
const log = sdk("./log") as { debug: () => Promise<void> };
log.debug = () => Promise.resolve();

function standIn(id: string, exports: object): void {
  const file = sdk.resolve(id);
  sdk.cache[file] = Object.assign(new Module(file), { loaded: true, exports });
}

/**
 * Finds the script of a function by an inspector session. The SDK opens the session first of all, to see each script as
 * it loads, and inspection slows the process down. A session that is opened later gets the scripts loaded before, too.
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
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- how Node is made to load a module again
    delete sdk.cache[sdk.resolve(id)];
    return sdk(id) as Readonly<Record<PropertyKey, unknown>>;
  };
  let module: ReturnType<typeof load> | undefined;
  return new Proxy({}, { get: (_, key) => key === "__esModule" || (module ??= load())[key] });
}
