import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "@jest/globals";
import WebSocket from "ws";
import { clientOf } from "../support/client.ts";
import { readyOf } from "../support/processes.ts";
import { root } from "../support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-breakpoint-"));
const processes: ChildProcess[] = [];
afterAll(() => {
  processes.forEach((child) => child.kill("SIGKILL"));
  rmSync(folder, { recursive: true, force: true });
});

type Params = Record<string, unknown>;
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
}

/** A session of the inspector's protocol, as an editor has one. Worker threads are sessions within it. */
function sessionOf(send: (text: string) => void) {
  const answers = new Map<number, (result: Params) => void>();
  const listeners = new Map<string, (params: Params) => void>();
  let last = 0;
  return {
    on: (method: string, listener: (params: Params) => void) => void listeners.set(method, listener),
    post(method: string, params: Params = {}): Promise<Params> {
      last += 1;
      const { promise, resolve: answer } = Promise.withResolvers<Params>();
      answers.set(last, answer);
      send(JSON.stringify({ id: last, method, params }));
      return promise;
    },
    receive(text: string) {
      const { id, method = "", params = {}, result = {} } = JSON.parse(text) as Message;
      (id === undefined ? undefined : answers.get(id))?.(result);
      listeners.get(method)?.(params);
    },
  };
}

/** Where a line of a TypeScript source is in a bundle. */
function generated(mapUrl: string, code: string, source: string, line: number) {
  const file = fileURLToPath(mapUrl);
  const map = new SourceMap(
    JSON.parse(readFileSync(file, "utf8")) as ConstructorParameters<typeof SourceMap>[0],
  );
  for (const [lineNumber, text] of code.split("\n").entries()) {
    for (let columnNumber = 0; columnNumber < text.length; columnNumber += 1) {
      const entry = map.findEntry(lineNumber, columnNumber);
      const isThere = "originalSource" in entry && resolve(dirname(file), entry.originalSource) === source;
      if (isThere && entry.originalLine === line) {
        return { lineNumber, columnNumber };
      }
    }
  }
  throw new Error(`${source}:${line + 1} is not in the bundle`);
}

describe("a breakpoint in the TypeScript of a function", () => {
  it("is hit under --inspect, and the function goes on after it", async () => {
    const source = join(root, "functions/presign/presign.ts");
    const lines = readFileSync(source, "utf8").split("\n");
    const line = lines.findIndex((text) => text.includes("new PutObjectCommand("));
    expect(line).toBeGreaterThan(0);

    const flags = ["--inspect=127.0.0.1:0", "--disable-warning=ExperimentalWarning"];
    const command = [...flags, "packages/local-cloud/src/main.ts", "--json", "--port", "0", "--data", folder];
    const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    processes.push(child);
    const address = addressOf(child);
    const ready = await readyOf(child);
    const socket = new WebSocket(await address);
    await new Promise((opened) => socket.once("open", opened));
    const main = sessionOf((text) => socket.send(text));
    socket.on("message", (data: Buffer) => main.receive(data.toString()));

    const workers = new Map<unknown, ReturnType<typeof sessionOf>>();
    const set = Promise.withResolvers<Params>();
    const paused = Promise.withResolvers<Params>();
    main.on("NodeWorker.receivedMessageFromWorker", ({ sessionId, message }) =>
      workers.get(sessionId)?.receive(String(message)),
    );
    main.on("NodeWorker.attachedToWorker", ({ sessionId }) => {
      const worker = sessionOf(
        (message) => void main.post("NodeWorker.sendMessageToWorker", { sessionId, message }),
      );
      workers.set(sessionId, worker);
      worker.on("Debugger.scriptParsed", ({ scriptId, url, sourceMapURL }) => {
        if (/functions\/darkroom-dev-presign-\d+\/index\.mjs$/.test(String(url))) {
          const code = readFileSync(fileURLToPath(String(url)), "utf8");
          const location = { scriptId, ...generated(String(sourceMapURL), code, source, line) };
          void worker.post("Debugger.setBreakpoint", { location }).then(set.resolve);
        }
      });
      worker.on("Debugger.paused", (params) => {
        // A thread that waits for the debugger pauses once at its start, without a breakpoint.
        if ((params["hitBreakpoints"] as string[]).length > 0) {
          paused.resolve(params);
        }
        void worker.post("Debugger.resume");
      });
      void worker.post("Debugger.enable");
      void worker.post("Runtime.runIfWaitingForDebugger");
    });
    await main.post("NodeWorker.enable", { waitForDebuggerOnStart: true });

    const alice = await clientOf(ready, "alice");
    // The first call starts the function's thread.
    await alice.create(Buffer.from("words"), "text/plain");
    const { breakpointId } = await set.promise;
    const { upload } = await alice.create(Buffer.from("words"), "text/plain");
    expect(upload.method).toBe("PUT");
    expect((await paused.promise)["hitBreakpoints"]).toEqual([breakpointId]);
    await alice.close();
    socket.close();
  });
});

/** Node prints the inspector's address. */
async function addressOf(child: ChildProcess): Promise<string> {
  for await (const text of createInterface({ input: child.stderr as NodeJS.ReadableStream })) {
    const [, address] = /^Debugger listening on (ws:\S+)$/.exec(text) ?? [];
    if (address !== undefined) {
      child.stderr?.resume();
      return address;
    }
  }
  throw new Error("It has no inspector");
}
