import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { root } from "../../support/program.ts";
import type { Fault } from "../../../tools/mutants/fault.ts";
import { faults } from "../../../tools/mutants/faults.ts";

/** What stands in the way of putting a fault in. */
function problemOf({ file, from, to, tests }: Fault): string | undefined {
  const missing = [file, ...tests].find((path) => !existsSync(join(root, path)));
  if (missing !== undefined) {
    return `${missing} does not exist`;
  }
  const times = readFileSync(join(root, file), "utf8").split(from).length - 1;
  return times === 1 && from !== to ? undefined : `${file} has ${JSON.stringify(from)} ${times} times`;
}

it("each fault can be inserted, and names tests that exist", () => {
  expect(faults.length).toBeGreaterThanOrEqual(100);
  expect(faults.map(problemOf).filter((problem) => problem !== undefined)).toEqual([]);
});
