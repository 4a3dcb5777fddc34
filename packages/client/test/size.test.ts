import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { build } from "esbuild";

const source = join(import.meta.dirname, "..", "src");

async function bundled(contents: string): Promise<{ readonly gzipped: number; readonly inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: source, loader: "ts" },
    ...{ bundle: true, minify: true, write: false, format: "esm", platform: "browser", metafile: true },
    external,
  });
  return {
    gzipped: gzipSync(outputFiles[0]?.contents ?? "").length,
    inputs: Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  };
}

/** A page has these anyway. */
const external = ["react", "@tanstack/react-query"];

describe("a page's bundle", () => {
  it("has all of the client but sign-in in less than 25 KB, and nothing of Node.js", async () => {
    const { gzipped, inputs } = await bundled(
      'import * as client from "./index.ts"; globalThis.client = client;',
    );
    expect(gzipped).toBeLessThan(25_000);
    expect(inputs.filter((path) => path.includes("send"))).toEqual([expect.stringMatching(/send\/web\.ts$/)]);
  });

  it("has the hooks of React, and what they use, in less than 20 KB", async () => {
    const { gzipped } = await bundled(
      'import * as client from "./react/index.ts"; globalThis.client = client;',
    );
    expect(gzipped).toBeLessThan(20_000);
  });

  it("has only what the page uses", async () => {
    const { gzipped, inputs } = await bundled(
      'import { getAsset } from "./index.ts"; globalThis.one = getAsset;',
    );
    expect(gzipped).toBeLessThan(2_000);
    expect(inputs.filter((path) => /upload|hash|follow|connection/.test(path))).toEqual([]);
  });
});
