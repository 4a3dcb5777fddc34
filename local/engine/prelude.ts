import { enableCompileCache, Module } from "node:module";
import { sdk } from "./sdk.ts";

// Runs in the program's process before Pulumi's runner.

// The parent may be killed without warning; the program ends with the channel to it.
process.on("disconnect", () => process.exit(1));
process.channel?.unref();

// What follows changes nothing that a program can see, and saves two thirds of its time.

enableCompileCache();

// The SDK notes a stack for each promise and resource, and would map every frame of it, while Node's own type
// stripping leaves positions as they are.
standIn("source-map-support/register", {});

// These serve programs that turn their own functions into Lambda's, and are loaded with the first of those.
standIn("@npmcli/arborist", lazy("@npmcli/arborist"));
standIn("./typescript-shim", lazy("./typescript-shim"));

// Each debug message, whole requests among them, would be a call to the engine, one after the other, and the engine
// drops them all.
const log = sdk("./log") as { debug: () => Promise<void> };
log.debug = () => Promise.resolve();

function standIn(id: string, exports: object): void {
  const file = sdk.resolve(id);
  sdk.cache[file] = Object.assign(new Module(file), { loaded: true, exports });
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
