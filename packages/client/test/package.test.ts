import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { build } from "esbuild";
import { spawnNode } from "./spawn.ts";

const client = join(import.meta.dirname, "..");
const installed = join(client, "..", "..", "node_modules");
/** An app of its own, far from this repository. */
const app = mkdtempSync(join(tmpdir(), "darkroom-app-"));
const built = mkdtempSync(join(tmpdir(), "darkroom-built-"));

let server: Server;
beforeAll(async () => {
  const run = (command: string, args: string[], cwd: string) =>
    execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  run(process.execPath, ["build.ts", built], client);
  run("npm", ["pack", "--silent", "--pack-destination", app], built);
  writeFileSync(join(app, "package.json"), '{ "name": "app", "private": true, "type": "module" }');
  const tarball = readdirSync(app).find((name) => name.endsWith(".tgz")) ?? "";
  // What the package depends on is linked: tests have no network.
  const packages = ["@noble/hashes", "@tanstack/react-query", "@types/react", "@types/node"];
  const links = packages.map((name) => join(installed, name));
  const quiet = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps"];
  run("npm", ["install", ...quiet, `./${tarball}`, ...links], app);
  server = createServer((request, response) => {
    void request.toArray().then(() => response.end('{"data":{"me":{"id":"carol"}}}'));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.close();
  rmSync(app, { recursive: true });
  rmSync(built, { recursive: true });
});

const graphqlUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;

/** Writes a module of the app and runs it. Returns what it printed. */
const runs = (name: string, code: string, flags: string[] = []): Promise<string> => {
  writeFileSync(join(app, name), code);
  return spawnNode([...flags, name], app);
};

describe("the package as it is published", () => {
  it("has JavaScript and types only, and nothing of its development", () => {
    const folder = join(app, "node_modules", "darkroom-client");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const own = files.filter((name) => !name.startsWith("node_modules"));
    expect(own.filter((name) => /\.ts$/.test(name) && !name.endsWith(".d.ts"))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "index.js", "index.d.ts"]));
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as object;
    expect(Object.keys(manifest)).not.toContain("devDependencies");
    expect(Object.keys(manifest)).not.toContain("private");
  });

  it("runs in Node.js 20, which lacks WebSocket and Promise.withResolvers", async () => {
    const code = `delete Promise.withResolvers;
      import("darkroom-client").then(async ({ me, followAssetEvents }) => {
        const endpoint = { graphqlUrl: "${graphqlUrl()}", token: () => "token" };
        const user = await me(endpoint);
        const error = await followAssetEvents({ ...endpoint, ownerId: user.id }).next().catch((error) => error);
        console.log(user.id, error.errorType);
      });`;
    expect(await runs("old.js", code, ["--no-experimental-websocket"])).toBe("carol NoWebSocket\n");
  });

  it("runs in a bundle for a platform that has fetch alone", async () => {
    const code = `import { me, upload } from "darkroom-client";
      const endpoint = { graphqlUrl: "${graphqlUrl()}", token: () => "token" };
      const refused = await upload(endpoint, new Blob(["x"])).catch((error) => error);
      console.log((await me(endpoint)).id, refused instanceof Error);`;
    writeFileSync(join(app, "edge.js"), code);
    const { outputFiles, metafile } = await build({
      ...{ entryPoints: ["edge.js"], absWorkingDir: app, bundle: true, write: false, format: "esm" },
      ...{ platform: "neutral", mainFields: ["module", "main"], conditions: ["workerd"], metafile: true },
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((name) => name.includes("send/"))).toEqual([expect.stringMatching(/web\.js$/)]);
    expect(await runs("bundle.js", outputFiles[0]?.text ?? "")).toBe("carol true\n");
  });

  it("is less than 25 KB gzipped in a page's bundle", async () => {
    const { outputFiles } = await build({
      stdin: { contents: 'export * from "darkroom-client";', resolveDir: app },
      ...{ bundle: true, minify: true, write: false, format: "esm", platform: "browser" },
    });
    expect(gzipSync(outputFiles[0]?.contents ?? "").length).toBeLessThan(25_000);
  });

  it.each(["NodeNext", "Bundler"])("has types for moduleResolution %s", (moduleResolution) => {
    writeFileSync(
      join(app, "types.ts"),
      `import { type Asset, type Endpoint, listAll, listAssets } from "darkroom-client";
      import { useAssets, useRenameAsset } from "darkroom-client/react";
      export async function first(endpoint: Endpoint): Promise<Asset | undefined> {
        for await (const asset of listAll(listAssets, endpoint, { state: "RECEIVED" })) {
          return asset;
        }
        return undefined;
      }
      export const titles = () => useAssets({ state: "UPLOADED" }).data?.map(({ title }) => title);
      export const rename = () => useRenameAsset().mutate({ id: "x", title: "y" });
      // @ts-expect-error: no such state
      export const wrong = () => useAssets({ state: "LOST" });`,
    );
    const compilerOptions = {
      ...{
        strict: true,
        noEmit: true,
        target: "ES2022",
        lib: ["ES2022", "DOM"],
        types: [],
        moduleResolution,
      },
      ...{ module: moduleResolution === "Bundler" ? "ESNext" : "NodeNext", skipLibCheck: false },
    };
    writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["types.ts"] }));
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", app], { encoding: "utf8" });
    expect(stdout).toBe("");
  });
});
