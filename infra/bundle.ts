import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";

const root = join(import.meta.dirname, "..");

/** AppSync refuses longer code. */
const mostResolverCode = 32_768;

/**
 * A resolver or pipeline function as AppSync takes it: one ES module that imports only AppSync's own library.
 * Not minified, and with a source map, so that a fault is told by the line of the source.
 */
export async function resolverCode(name: string): Promise<string> {
  const code = await bundleOf(resolvers, name);
  if (code.length > mostResolverCode) {
    throw new Error(`resolvers/${name}.ts is ${code.length} characters; AppSync takes ${mostResolverCode}`);
  }
  return code;
}

/**
 * A function's handler with all that it imports, for Lambda's Node.js runtime: the path, from the program's folder,
 * of a file that is named by its content, so that it is never rewritten while something reads it. (A bundle handed
 * to Pulumi as text costs a quarter of a second each: its protocol encodes text one character at a time.)
 */
export async function functionFile(name: string): Promise<string> {
  const code = await bundleOf(functions, name);
  const folder = join("node_modules", ".cache", "darkroom");
  const file = join(folder, `${name}-${createHash("sha256").update(code).digest("hex").slice(0, 16)}.mjs`);
  if (!existsSync(join(root, file))) {
    mkdirSync(join(root, folder), { recursive: true });
    const partial = join(root, `${file}.${process.pid}`);
    writeFileSync(partial, code);
    renameSync(partial, join(root, file));
  }
  return file;
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

const resolvers = bundles(() => ({
  entryPoints: entries(resolverNames(), (name) => `resolvers/${name}.ts`),
  target: "es2020",
  external: ["@aws-appsync/utils", "@aws-appsync/utils/*"],
  sourcemap: "inline",
  sourcesContent: false,
}));

const functions = bundles(() => ({
  entryPoints: entries(functionNames(), (name) => `functions/${name}/handler.ts`),
  platform: "node",
  target: "node24",
  minify: true,
  legalComments: "none",
  // The SDK's ES modules bundle to half of what its CommonJS does.
  mainFields: ["module", "main"],
  conditions: ["module"],
  plugins: [spellOutKeys],
  alias: { "@aws-sdk/credential-provider-node": join(root, "functions/shared/credentials.ts") },
  // What remains CommonJS may require Node's own modules.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
}));

/**
 * esbuild keeps every object with a computed key (`{ [_h]: … }`), lest computing it does something, and the S3
 * client describes its hundred operations by such objects: 55 KB. Once the keys, constants of the same file, are
 * written out, only the operations that are called remain.
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

type Bundles = () => Promise<ReadonlyMap<string, string>>;

/** One run of esbuild for all entry points of a kind, the first time that one is asked for: shared files are read once. */
function bundles(options: () => BuildOptions): Bundles {
  let built: ReturnType<Bundles> | undefined;
  return () => (built ??= run(options()));
}

async function run(options: BuildOptions): ReturnType<Bundles> {
  const { outputFiles = [] } = await build({
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    charset: "utf8",
    logLevel: "error",
    write: false,
    outdir: root,
    ...options,
  });
  return new Map(outputFiles.map(({ path, text }) => [basename(path, ".js"), text]));
}

async function bundleOf(kind: Bundles, name: string): Promise<string> {
  const code = (await kind()).get(name);
  if (code === undefined) {
    throw new Error(`There is no source of ${name}`);
  }
  return code;
}

const entries = (names: readonly string[], source: (name: string) => string): { in: string; out: string }[] =>
  names.map((name) => ({ in: source(name), out: name }));
