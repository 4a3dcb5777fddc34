import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { functionFile } from "../../infra/bundle.ts";
import { root } from "../../infra/bundler.ts";

interface Run {
  readonly key?: string;
  readonly inputs: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

describe("bundles", () => {
  it("are kept with a record of their inputs, so that the next run uses them again", async () => {
    const file = await functionFile("label");
    const record = join(root, "node_modules/.cache/darkroom/functions/last.json");
    const last = JSON.parse(readFileSync(record, "utf8")) as Run;
    expect(last.files["label"]).toBe(file);
    expect(last.key).toMatch(/^[0-9a-f]{64}$/);
    expect(last.inputs).toContain("functions/label/label.ts");
    expect(last.inputs).toContain("node_modules/.package-lock.json");
  });

  it("require node:http, because an import of it loads undici", async () => {
    const text = readFileSync(join(root, await functionFile("label")), "utf8");
    const imports = /\bfrom ?"(node:)?http"|\bimport ?\(?"(node:)?http"/;
    // Not toMatch, which would print the bundle.
    expect(imports.test('import e from"node:http"') && imports.test('import("http")')).toBe(true);
    expect(imports.test(text)).toBe(false);
  });
});
