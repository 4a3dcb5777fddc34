import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { evaluate, Evaluator } from "../../src/engine/evaluate.ts";
import { root } from "../../../../test/support/program.ts";

let folder: string;
let evaluator: Evaluator | undefined;
/** What the program has printed. */
let printed: string[];

const save = (file: string, text: string) => writeFileSync(join(folder, file), text);

function start(): Evaluator {
  const info = (line: string) => void printed.push(line);
  const log = { debug: info, info, warn: info, error: info };
  evaluator = new Evaluator({ root: folder, stack: "dev", log });
  return evaluator;
}

beforeEach(() => {
  printed = [];
  folder = mkdtempSync(join(tmpdir(), "darkroom-evaluator-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  save("package.json", '{ "type": "module", "main": "index.ts" }');
  save("Pulumi.yaml", "name: again\nruntime: {name: nodejs, options: {typescript: false}}\n");
  save("Pulumi.dev.yaml", "config: {aws:region: eu-west-1, again:colour: red}\n");
  save("part.ts", 'import { size } from "./size.cjs";\nexport const part = { name: "a", size, seen: 0 };\n');
  save("size.cjs", "exports.size = require('./size.json').size;\n");
  save("size.json", '{ "size": 1 }');
  save(
    "index.ts",
    `import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { part } from "./part.ts";
part.seen += 1;
console.log("pid", process.pid);
new aws.sqs.Queue("jobs", { tags: { colour: new pulumi.Config().require("colour") } });
export const found = part;
`,
  );
});

afterEach(() => {
  evaluator?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a program that is run again", () => {
  it("gives the same result as a first run", async () => {
    const again = start();
    await again.evaluate();
    expect(await again.evaluate()).toEqual(await evaluate({ root: folder, stack: "dev" }));
  });

  it("applies each saved file, in one process", async () => {
    const again = start();
    const outputs = async () => (await again.evaluate()).outputs["found"];
    expect(await outputs()).toEqual({ name: "a", size: 1, seen: 1 });
    save("size.json", '{ "size": 2 }');
    expect(await outputs()).toEqual({ name: "a", size: 2, seen: 1 });
    save("size.cjs", "exports.size = 3;\n");
    expect(await outputs()).toEqual({ name: "a", size: 3, seen: 1 });
    save("part.ts", 'export const part = { name: "b", seen: 6 };\n');
    expect(await outputs()).toEqual({ name: "b", seen: 7 });
    save("Pulumi.dev.yaml", "config: {aws:region: eu-west-1, again:colour: blue}\n");
    const { resources } = await again.evaluate();
    expect(resources.find(({ name }) => name === "jobs")?.inputs).toMatchObject({ tags: { colour: "blue" } });
    expect(printed).toHaveLength(5);
    expect(new Set(printed).size).toBe(1);
  });

  it("runs in the same process after an error, and in a new one when that has ended", async () => {
    const again = start();
    await again.evaluate();
    save("part.ts", "export const part = ;\n");
    await expect(again.evaluate()).rejects.toThrow(/part\.ts:1\b/);
    save("part.ts", "export const part = { seen: Promise.reject(new Error('not today')) };\n");
    await expect(again.evaluate()).rejects.toThrow("not today");
    // Longer than a run that is given up has for its end.
    await sleep(1100);
    save("part.ts", "export const part = { seen: 0 };\n");
    await again.evaluate();
    save("part.ts", "process.kill(process.pid, 'SIGKILL');\nexport const part = {};\n");
    await expect(again.evaluate()).rejects.toThrow("The program ended with SIGKILL");
    save("part.ts", "export const part = { seen: 0 };\n");
    await again.evaluate();
    const [first, , third, fourth] = printed;
    expect(printed).toHaveLength(4);
    expect(third).toBe(first);
    expect(fourth).not.toBe(first);
  });

  it("runs in a new process before its memory has grown much", async () => {
    const again = start();
    for (let run = 0; run < 31; run += 1) {
      await again.evaluate();
    }
    expect(new Set(printed.slice(0, 29)).size).toBe(1);
    expect(new Set(printed).size).toBe(2);
  });

  it("does not start after its evaluator is closed", async () => {
    const again = start();
    again.close();
    await expect(again.evaluate()).rejects.toThrow("The evaluator is closed.");
    expect(printed).toEqual([]);
  });

  it("ends with its evaluator, also during a run", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const again = start();
    await again.evaluate();
    const { port } = server.address() as { port: number };
    save(
      "part.ts",
      `import { connect } from "node:net";\nawait new Promise(() => connect(${port}, "127.0.0.1"));\nexport const part = {};\n`,
    );
    const connection = once(server, "connection") as Promise<[NodeJS.ReadableStream]>;
    const run = expect(again.evaluate()).rejects.toThrow("The program ended with SIGKILL");
    const [socket] = await connection;
    const gone = once(socket.resume(), "close");
    again.close();
    await run;
    await gone;
    server.close();
  });

  it("ends when it is aborted, also if it waits forever, and runs again in a new process", async () => {
    const again = start();
    await again.evaluate();
    save("part.ts", "console.log('waits');\nexport const part = await new Promise(() => undefined);\n");
    const stop = new AbortController();
    const run = expect(again.evaluate(stop.signal)).rejects.toThrow("saved again");
    stop.abort(new Error("saved again"));
    await run;
    save("part.ts", "export const part = { seen: 0 };\n");
    await again.evaluate();
  });
});
