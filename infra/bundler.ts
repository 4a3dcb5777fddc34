import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { build, type BuildOptions, type OutputFile, version } from "esbuild";

/** The program's folder. */
export const root = join(import.meta.dirname, "..");

/** The folder of bundles from the program's folder. Each kind has a folder of its own there. */
const cache = join("node_modules", ".cache", "darkroom");

/** In place of tsconfig.json, so that a copy of the program without that file makes the same bundles. */
const tsconfig = { compilerOptions: { verbatimModuleSyntax: true } };

/** Milliseconds after which nothing reads an outdated bundle any more. */
const outdated = 24 * 60 * 60 * 1000;

/** The last run of esbuild for a kind of bundles. All paths are from the program's folder. */
interface Run {
  /** Hash of the settings and of every input file. */
  readonly key: string;
  readonly inputs: readonly string[];
  /** The bundle of each entry point. Its name depends on its content, so that it never changes under a reader. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Returns the file of a bundle by its entry point. The first call bundles all entry points of a kind in one run, because
 * they share most of their input. If no input of the last run has changed, its bundles are used again.
 */
export function bundler(kind: string, options: () => BuildOptions): (name: string) => Promise<string> {
  let files: Promise<Run["files"]> | undefined;
  return async (name) => {
    files ??= filesOf(kind, options(), writeModules);
    const file = (await files)[name];
    if (file === undefined) {
      throw new Error(`There is no source of ${name}`);
    }
    return file;
  };
}

/**
 * Returns all files of a site by their paths there. The names that esbuild gives them must contain hashes. Runs esbuild
 * only if an input of the last run has changed.
 */
export function siteBundler(kind: string, options: () => BuildOptions): () => Promise<Run["files"]> {
  let files: Promise<Run["files"]> | undefined;
  return () => (files ??= filesOf(kind, options(), writeSite));
}

/** Writes what esbuild made into a folder, and returns the files by name. */
type Write = (outputs: readonly OutputFile[], folder: string) => Run["files"];

async function filesOf(kind: string, options: BuildOptions, writeAll: Write): Promise<Run["files"]> {
  const folder = join(cache, kind);
  const record = join(folder, "last.json");
  const known = readRun(record);
  if (known && known.key === keyOf(options, known.inputs) && Object.values(known.files).every(exists)) {
    return known.files;
  }
  const started = Date.now();
  const { inputs, files } = await bundle(options, folder, writeAll);
  const key = keyOf(options, inputs);
  // If a source was saved meanwhile, it is unknown which text was read.
  if (key !== undefined && inputs.every((input) => statSync(join(root, input)).mtimeMs < started)) {
    const run: Run = { key, inputs, files };
    write(record, JSON.stringify(run));
    clean(folder, new Set([record, ...Object.values(files).flatMap((file) => [file, mapOf(file)])]));
  }
  return files;
}

async function bundle(options: BuildOptions, folder: string, writeAll: Write): Promise<Omit<Run, "key">> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    bundle: true,
    // Symbolic links are kept: a copy of the program that links to these packages reads the same files by the same names.
    preserveSymlinks: true,
    tsconfigRaw: tsconfig,
    format: "esm",
    charset: "utf8",
    logLevel: "error",
    // A source map names its sources relative to its own folder. An inline map is deployed, and names them from the root.
    outdir: options.sourcemap === "external" ? join(root, folder) : root,
    ...options,
    write: false,
    metafile: true,
  });
  // npm's own record of what is installed decides which package a name resolves to.
  const installed = ["node_modules/.package-lock.json"].filter(exists);
  // Modules of a plugin are not files. Their text is in the settings.
  const inputs = Object.keys(metafile.inputs).filter(exists);
  return { inputs: [...inputs, ...installed], files: writeAll(outputFiles, folder) };
}

const writeModules: Write = (outputs, folder) => {
  const maps = new Map(
    outputs
      .filter(({ path }) => path.endsWith(".map"))
      .map(({ path, text }) => [basename(path, ".js.map"), text]),
  );
  const bundles = outputs.filter(({ path }) => path.endsWith(".js"));
  const files = bundles.map(({ path, text }) => {
    const name = basename(path, ".js");
    const file = join(folder, `${name}-${hash(text)}.mjs`);
    if (!exists(file)) {
      write(file, text);
    }
    // If lines of a source have moved, the bundle may be the same, but not its map.
    const map = maps.get(name);
    if (map !== undefined) {
      write(mapOf(file), map);
    }
    return [name, file] as const;
  });
  return Object.fromEntries(files);
};

const writeSite: Write = (outputs, folder) => {
  const files = outputs.map(({ path, text }) => {
    const file = join(folder, basename(path));
    if (!exists(file)) {
      write(file, text);
    }
    return [relative(root, path), file] as const;
  });
  return Object.fromEntries(files);
};

function readRun(record: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(join(root, record), "utf8")) as Run;
  } catch {
    return undefined;
  }
}

/** Undefined if one of the files is gone. */
function keyOf(options: BuildOptions, inputs: readonly string[]): string | undefined {
  // The text of its functions identifies a plugin.
  const settings = JSON.stringify([version, tsconfig, options], (_, value: unknown) =>
    typeof value === "function" ? String(value) : value,
  );
  const key = createHash("sha256").update(settings);
  try {
    for (const input of inputs) {
      key.update(input).update(readFileSync(join(root, input)));
    }
  } catch {
    return undefined;
  }
  return key.digest("hex");
}

function clean(folder: string, used: ReadonlySet<string>): void {
  for (const file of readdirSync(join(root, folder)).map((name) => join(folder, name))) {
    const made = statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (!used.has(file) && made < Date.now() - outdated) {
      rmSync(join(root, file), { force: true });
    }
  }
}

/** Writes the map beside its bundle, for reading stack traces. It is not deployed. */
const mapOf = (file: string): string => `${file}.map`;

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

const exists = (file: string): boolean => existsSync(join(root, file));

/** Writes a file atomically: other processes see all of it or nothing. */
function write(file: string, text: string): void {
  mkdirSync(join(root, dirname(file)), { recursive: true });
  const partial = join(root, `${file}.${process.pid}`);
  writeFileSync(partial, text);
  renameSync(partial, join(root, file));
}
