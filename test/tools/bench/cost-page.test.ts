import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { idleMonth } from "../../../tools/bench/cost.ts";
import { root } from "../../support/program.ts";

const file = join(root, "docs/costs.md");

it.each(["dev", "prod"])(
  "docs/costs.md has the idle month of the stack %s as declared; WRITE_DOCS=1 rewrites it",
  async (stack) => {
    const page = readFileSync(file, "utf8");
    const [line = ""] = new RegExp(`^\\| idle month, declared by ${stack} .*$`, "m").exec(page) ?? [];
    const cells = line.split("|").slice(1, -1);
    const values = Object.values(await idleMonth(stack)).map(String);
    const declared = cells.map((cell, at) => ` ${(values[at] ?? "").padEnd(cell.length - 1)}`).join("|");
    if (process.env["WRITE_DOCS"] === "1") {
      writeFileSync(file, page.replace(line, `|${declared}|`));
    } else {
      expect(line).toBe(`|${declared}|`);
    }
  },
);
