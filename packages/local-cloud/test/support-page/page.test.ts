import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { inputsOf } from "./inputs.ts";
import { supportPage } from "./page.ts";
import { notHere, oneOf, within } from "../../src/inputs/effect.ts";

const file = join(import.meta.dirname, "../../../../docs/support.md");

it("docs/support.md says what the tables decide; WRITE_DOCS=1 rewrites it", () => {
  const page = supportPage();
  if (process.env["WRITE_DOCS"] === "1") {
    writeFileSync(file, page);
  }
  expect(readFileSync(file, "utf8")).toBe(page);
});

it("lists inputs that run, that are idle, and that are refused", () => {
  const effects = { a: "runs", b: "idle", c: notHere, d: { e: within(1, 2), f: oneOf(["X", "Y"], "idle") } };
  expect(inputsOf(effects)).toEqual([
    { name: "a", becomes: "runs", note: undefined },
    { name: "b", becomes: "idle", note: undefined },
    { name: "c", becomes: "refused", note: "" },
    { name: "d.e", becomes: "runs", note: "1 to 2" },
    { name: "d.f", becomes: "idle", note: "X, Y" },
  ]);
});
