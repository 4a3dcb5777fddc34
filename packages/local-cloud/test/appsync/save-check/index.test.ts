import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { buildSync } from "esbuild";

import { CodeError } from "../../../src/appsync/runtime/code-error.ts";
import { createSaveCheck, type SaveCheck } from "../../../src/appsync/save-check/index.ts";
import { Passed } from "../../../src/appsync/save-check/passed.ts";

const folder = mkdtempSync(join(tmpdir(), "save-check-"));
afterAll(() => rmSync(folder, { recursive: true }));

const open: SaveCheck[] = [];
afterEach(() => {
  for (const check of open.splice(0)) {
    check.close();
  }
});
const createCheck = (root: string) => {
  const check = createSaveCheck(root);
  open.push(check);
  return check;
};

const good = { name: "Query.good", code: "export const request = () => 1;" };
const file = (root: string) => join(root, "node_modules", ".cache", "local-cloud", "save-check.json");

describe("the check at save, in a thread of its own", () => {
  it("refuses with TypeScript's message and the line of the author's source", async () => {
    const { outputFiles } = buildSync({
      stdin: {
        contents:
          "const f = (a: number): number => a;\n// @ts-expect-error\nexport const request = () => f(1, 2);",
        sourcefile: "resolvers/Query.bad.ts",
        loader: "ts",
      },
      ...{ bundle: true, write: false, format: "esm", sourcemap: "inline", sourcesContent: false },
    });
    const bad = { name: "Query.bad", code: outputFiles[0]?.text ?? "" };
    const refused = createCheck(join(folder, "one")).check([good, bad]);
    await expect(refused).rejects.toBeInstanceOf(CodeError);
    await expect(refused).rejects.toThrow(
      /resolvers\/Query\.bad\.ts:3:\d+ \(Query\.bad:\d+:\d+\): TS2554: Expected 0-1 arguments, but got 2\./u,
    );
  });

  it("runs several checks at once, each with its own result", async () => {
    const check = createCheck(join(folder, "two"));
    const bad = { name: "Query.bad", code: "export const request = () => { const a = 1; a = 2; };" };
    const [first, second, third] = await Promise.allSettled([
      check.check([good]),
      check.check([bad]),
      check.check([good]),
    ]);
    expect([first.status, second.status, third.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("remembers code that passed, and only that", async () => {
    const root = join(folder, "three");
    const bad = { name: "Query.bad", code: "export const request = () => { const a = 1; a = 2; };" };
    await expect(createCheck(root).check([good, bad])).rejects.toThrow(/TS2588/u);
    const passed = new Passed(file(root));
    expect([passed.has(good.code), passed.has(bad.code), passed.has(`${good.code} `)]).toEqual([
      true,
      false,
      false,
    ]);
    await createCheck(root).check([good]);
    await expect(createCheck(root).check([bad])).rejects.toThrow(/TS2588/u);
  });
});

describe("the record of code that has passed", () => {
  it("is empty if its file cannot be read", () => {
    const path = file(join(folder, "four"));
    new Passed(path).add(["a", "b"]);
    expect(new Passed(path).has("b")).toBe(true);
    for (const text of ["", "{", "{}", "[1]"]) {
      writeFileSync(path, text);
      expect(new Passed(path).has("b")).toBe(false);
    }
    new Passed(path).add(["b"]);
    expect(new Passed(path).has("b")).toBe(true);
  });

  it("keeps the last 2,000 pieces", () => {
    const path = file(join(folder, "five"));
    new Passed(path).add(Array.from({ length: 2_001 }, (_, index) => `${index}`));
    const passed = new Passed(path);
    expect([passed.has("0"), passed.has("1"), passed.has("2000")]).toEqual([false, true, true]);
    expect(JSON.parse(readFileSync(path, "utf8"))).toHaveLength(2_000);
  });

  it("works without a writable folder", () => {
    const path = join(folder, "a-file");
    writeFileSync(path, "");
    const passed = new Passed(join(path, "save-check.json"));
    passed.add(["a"]);
    expect(passed.has("a")).toBe(true);
  });
});
