// Runs the client with what the web's standards give to all runtimes, and nothing of Node.js, as Deno and workers of
// content networks do. Prints what it did as one line of JSON: READY=<the ready line> node web-runtime.ts <a picture in Base64>
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";

export interface Seen {
  readonly step: string;
  readonly username: string;
  readonly types: readonly string[];
  readonly found: boolean;
  readonly left?: unknown;
  /** Globals of Node.js that the client could see. */
  readonly ofNode: readonly string[];
}

/** Of the minimum common API. https://min-common-api.proposal.wintertc.org/ */
const standard = [
  ...[
    "AbortController",
    "AbortSignal",
    "Blob",
    "CustomEvent",
    "DOMException",
    "Event",
    "EventTarget",
    "File",
  ],
  ...["FormData", "Headers", "MessageChannel", "ReadableStream", "Request", "Response", "TextDecoder"],
  ...[
    "TextEncoder",
    "TransformStream",
    "URL",
    "URLSearchParams",
    "WebSocket",
    "WritableStream",
    "atob",
    "btoa",
  ],
  ...["clearInterval", "clearTimeout", "console", "crypto", "fetch", "performance", "queueMicrotask"],
  ...["setInterval", "setTimeout", "structuredClone", "Uint8Array", "ArrayBuffer"],
];

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, "client-page.ts")],
  ...{ bundle: true, write: false, format: "iife" },
  // Neither Node's nor a browser's variant of a package: "default".
  ...{ platform: "neutral", mainFields: ["module", "main"], target: "es2022" },
  // A package that Amplify uses asks for it, as for bundles of pages.
  define: { global: "globalThis" },
});

const globals = globalThis as unknown as Record<string, unknown>;
const sandbox = createContext(Object.fromEntries(standard.map((name) => [name, globals[name]])));
runInContext("var self = globalThis;", sandbox);
runInContext(outputFiles[0]?.text ?? "", sandbox);
Object.assign(sandbox, {
  ready: JSON.parse(process.env["READY"] ?? "{}") as unknown,
  picture: process.argv[2] ?? "",
});
const seen = (await runInContext("page.tour(ready, picture)", sandbox)) as Seen;
const ofNode = ["process", "Buffer", "require", "global", "setImmediate"].filter(
  (name) => runInContext(`typeof ${name}`, sandbox) !== "undefined",
);
process.stdout.write(JSON.stringify({ ...seen, ofNode }));
