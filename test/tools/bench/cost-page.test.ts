import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { idleMonth } from "../../../tools/bench/cost.ts";
import { root } from "../../support/program.ts";

it.each(["dev", "prod"])(
  "docs/costs.md has the idle month of the stack %s as it is declared",
  async (stack) => {
    const page = readFileSync(join(root, "docs/costs.md"), "utf8");
    const row = page.split("\n").find((line) => line.includes(`idle month, declared by ${stack} `));
    const cells = (row ?? "").split("|").slice(1, -1);
    expect(cells.map((cell) => cell.trim())).toEqual(Object.values(await idleMonth(stack)).map(String));
  },
);
