import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { bundler, root } from "./bundler.ts";

/** AppSync's limit for code. */
const maxResolverCode = 32_768;

/**
 * A resolver or pipeline function as AppSync takes it: one ES module that imports only AppSync's own library. It is not
 * minified and has a source map, so that errors name the line of the source.
 */
export async function resolverCode(name: string): Promise<string> {
  const code = readFileSync(join(root, await resolvers(name)), "utf8");
  if (code.length > maxResolverCode) {
    throw new Error(`resolvers/${name}.ts is ${code.length} characters; AppSync takes ${maxResolverCode}`);
  }
  return code;
}

/**
 * The path of a function's bundle from the program's folder: its handler with all imports, for Lambda's Node.js
 * runtime. Passing the text itself to Pulumi would take a quarter of a second for each function, because its protocol
 * encodes text character by character.
 */
export const functionFile = (name: string): Promise<string> => functions(name);

/** The folder of an installed package, from the program's folder. */
export function packageFolder(name: string): string {
  const folder = join("node_modules", name);
  if (!existsSync(join(root, folder, "package.json"))) {
    throw new Error(`${name} is not installed; npm ci installs it, whatever this machine is`);
  }
  return folder;
}

/** The names of all resolvers (`Query.me`) and pipeline functions (`changeAsset`). */
export const resolverNames = (): string[] =>
  readdirSync(join(root, "resolvers"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));

const functionNames = (): string[] =>
  readdirSync(join(root, "functions")).filter((name) =>
    existsSync(join(root, "functions", name, "handler.ts")),
  );

const resolvers = bundler("resolvers", () => ({
  entryPoints: entries(resolverNames(), (name) => `resolvers/${name}.ts`),
  target: "es2020",
  external: ["@aws-appsync/utils", "@aws-appsync/utils/*"],
  sourcemap: "inline",
  sourcesContent: false,
}));

const functions = bundler("functions", () => ({
  entryPoints: entries(functionNames(), (name) => `functions/${name}/handler.ts`),
  platform: "node",
  target: "node24",
  minify: true,
  sourcemap: "external",
  sourcesContent: false,
  legalComments: "none",
  // The SDK's ES modules make half as large a bundle as its CommonJS.
  mainFields: ["module", "main"],
  conditions: ["module"],
  plugins: [spellOutKeys, requireHttp],
  alias: { "@aws-sdk/credential-provider-node": "./functions/shared/credentials.ts" },
  // Modules that remain CommonJS may require modules of Node.js.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
}));

/**
 * esbuild keeps every object with a computed key (`{ [_h]: … }`), because computing it may have an effect. The S3 client
 * describes its hundred operations by such objects: 55 KB. The keys are constants of the same file. With their values
 * in place, esbuild drops the operations that are not called.
 */
const spellOutKeys: Plugin = {
  name: "spell-out-keys",
  setup(build) {
    build.onLoad({ filter: /@aws-sdk.client-[\w-]+.dist-es.schemas.schemas_0\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const constants = new Map(
        [...source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [name, text]),
      );
      return {
        contents: source.replaceAll(/\[(\w+)\]:/g, (key, name: string) => {
          const text = constants.get(name);
          return text === undefined ? key : `${text}:`;
        }),
      };
    });
  },
};

/**
 * An import of node:http as an ES module reads all its exports. One of them, WebSocket, loads undici, which takes 30 ms
 * of every cold start. `require` reads none.
 */
const requireHttp: Plugin = {
  name: "require-http",
  setup(build) {
    const namespace = "require";
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, namespace: importer }) =>
      importer === namespace ? { path, external: true } : { path, namespace },
    );
    build.onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

const entries = (names: readonly string[], source: (name: string) => string): { in: string; out: string }[] =>
  names.map((name) => ({ in: source(name), out: name }));
