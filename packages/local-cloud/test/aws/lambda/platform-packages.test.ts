import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { unpack } from "../../../src/aws/lambda/archive.ts";
import { temporaryStorage } from "../graph.ts";
import { openFunction } from "./support.ts";

const here = `${process.platform}-${process.arch}`;
const otherCpu = process.arch === "arm64" ? "x64" : "arm64";

/** A package in the program's folder that exports its own name. Returns its path. */
function place(program: string, name: string, cpu: string): string {
  const folder = join(program, "node_modules", name);
  mkdirSync(join(folder, "lib"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, main: "lib/index.js", cpu: [cpu] }));
  writeFileSync(join(folder, "lib", "index.js"), `module.exports = "${name}";`);
  return `node_modules/${name}`;
}

const archiveOf = (asked: string, packages: readonly string[]) => ({
  assets: {
    "index.js": { text: `const name = require("${asked}"); exports.handler = async () => name;` },
    ...Object.fromEntries(packages.map((path) => [path, { path }])),
  },
});

describe("a package with native binaries for Lambda's platform", () => {
  it.each([
    ["@img/sharp-linux-", "@img/sharp-"],
    ["esbuild-linux-", "esbuild-"],
  ])("is replaced by the program's own for this machine: %s", async (ofLambda, family) => {
    const { folder } = temporaryStorage();
    const packed = place(folder, `${ofLambda}${otherCpu}`, otherCpu);
    const own = `${family}${here}`;
    place(folder, own, process.arch);
    const { call } = openFunction("", { code: archiveOf(own, [packed]) }, { program: folder });
    expect(await call()).toMatchObject({ payload: own });
  });

  it("gives the function no access to the program's other packages", async () => {
    const { folder } = temporaryStorage();
    const packed = place(folder, `@img/sharp-linux-${otherCpu}`, otherCpu);
    for (const name of [`@img/other-${here}`, "@img/sharp", `sharp-${here}`]) {
      place(folder, name, process.arch);
      const { call } = openFunction("", { code: archiveOf(name, [packed]) }, { program: folder });
      expect(await call()).toMatchObject({ error: { errorType: "Runtime.ImportModuleError" } });
    }
  });

  it("fails by name if the package for this machine is not installed", async () => {
    const { folder } = temporaryStorage();
    const packed = place(folder, `@img/none-linux-${otherCpu}`, otherCpu);
    const { call } = openFunction(
      "",
      { code: archiveOf(`@img/none-${here}`, [packed]) },
      { program: folder },
    );
    expect(await call()).toMatchObject({
      error: { errorMessage: expect.stringContaining(`which installs @img/none-${here} as an optional`) },
    });
  });

  it("is unpacked only if it runs here, apart from its package.json", () => {
    const { folder } = temporaryStorage();
    const packed = place(folder, `@img/sharp-linux-${otherCpu}`, otherCpu);
    const own = place(folder, `@img/sharp-${here}`, process.arch);
    const root = unpack(archiveOf("none", [packed, own]), join(folder, "unpacked"), folder);
    expect(existsSync(join(root, packed, "package.json"))).toBe(true);
    expect(existsSync(join(root, packed, "lib"))).toBe(false);
    expect(existsSync(join(root, own, "lib", "index.js"))).toBe(true);
  });
});
