import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { root } from "../../support/program.ts";

const [, names = ""] =
  /--only NAMES +some of: (.*)/.exec(readFileSync(join(root, "tools/bench/main.ts"), "utf8")) ?? [];

/** Runs every line of each figure once, with the smallest numbers. What they are does not matter. */
describe("npm run bench -- --smoke", () => {
  let figures: Record<string, { rows: readonly Record<string, unknown>[] }>;

  beforeAll(async () => {
    const command = ["--disable-warning=ExperimentalWarning", "tools/bench/main.ts", "--smoke", "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root });
    ({ figures } = JSON.parse(stdout) as { figures: typeof figures });
    // About twenty clouds start one after another.
  }, 600_000);

  it.each(names.split(", "))("%s ends well, with rows of numbers", (name) => {
    const rows = figures[name]?.rows ?? [];
    expect(rows.length).toBeGreaterThan(0);
    const values = rows.flatMap((row) => Object.values(row));
    // JSON turns a number that is none into null.
    expect(values.filter((value) => !["number", "string"].includes(typeof value))).toEqual([]);
  });

  it("has the figures of its help and no others", () => {
    expect(Object.keys(figures)).toEqual(names.split(", "));
  });
});
