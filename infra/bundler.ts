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
import { basename, dirname, join } from "node:path";
import { build, type BuildOptions, version } from "esbuild";

/** The program's folder. */
export const root = join(import.meta.dirname, "..");

/** Where bundles are kept, each kind in a folder of its own, from the program's folder. */
const cache = join("node_modules", ".cache", "darkroom");

/** Milliseconds after which no reader can be left of a bundle that is made no more. */
const outdated = 24 * 60 * 60 * 1000;

/** The last run of esbuild for a kind of bundles. All paths are from the program's folder. */
interface Run {
  /** Hash of the settings and of every file that went in. */
  readonly key: string;
  readonly inputs: readonly string[];
  /** The bundle of each entry point. A file is named by its content, so that no reader sees it rewritten. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Gives the file of a bundle, by its entry point. All entry points of a kind are bundled in one run the first time that
 * one is asked for, since they share most of what they read; and not at all while nothing that went into the last run
 * has changed.
 */
export function bundler(kind: string, options: () => BuildOptions): (name: string) => Promise<string> {
  let files: Promise<Run["files"]> | undefined;
  return async (name) => {
    files ??= filesOf(kind, options());
    const file = (await files)[name];
    if (file === undefined) {
      throw new Error(`There is no source of ${name}`);
    }
    return file;
  };
}

async function filesOf(kind: string, options: BuildOptions): Promise<Run["files"]> {
  const folder = join(cache, kind);
  const record = join(folder, "last.json");
  const known = readRun(record);
  if (known && known.key === keyOf(options, known.inputs) && Object.values(known.files).every(exists)) {
    return known.files;
  }
  const started = Date.now();
  const { inputs, files } = await bundle(options, folder);
  const key = keyOf(options, inputs);
  // Of a source that was saved meanwhile nobody knows which text was read.
  if (key !== undefined && inputs.every((input) => statSync(join(root, input)).mtimeMs < started)) {
    const run: Run = { key, inputs, files };
    write(record, JSON.stringify(run));
    clean(folder, new Set([record, ...Object.values(files).flatMap((file) => [file, mapOf(file)])]));
  }
  return files;
}

async function bundle(options: BuildOptions, folder: string): Promise<Omit<Run, "key">> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    bundle: true,
    // A copy of the program that links to these packages reads the same files by the same names.
    preserveSymlinks: true,
    format: "esm",
    charset: "utf8",
    logLevel: "error",
    // A map names its sources from where it lies; an inline one is deployed, and names them from the root.
    outdir: options.sourcemap === "external" ? join(root, folder) : root,
    ...options,
    write: false,
    metafile: true,
  });
  const maps = new Map(
    outputFiles
      .filter(({ path }) => path.endsWith(".map"))
      .map(({ path, text }) => [basename(path, ".js.map"), text]),
  );
  const bundles = outputFiles.filter(({ path }) => path.endsWith(".js"));
  const files = bundles.map(({ path, text }) => {
    const name = basename(path, ".js");
    const file = join(folder, `${name}-${hash(text)}.mjs`);
    if (!exists(file)) {
      write(file, text);
    }
    // A source whose lines have moved may give the same bundle, but never the same map.
    const map = maps.get(name);
    if (map !== undefined) {
      write(mapOf(file), map);
    }
    return [name, file] as const;
  });
  // Which package a name stands for is decided by what npm has installed, and told by its own record of that.
  const installed = ["node_modules/.package-lock.json"].filter(exists);
  // What a plugin made up is no file: its text stands in the settings.
  const inputs = Object.keys(metafile.inputs).filter(exists);
  return { inputs: [...inputs, ...installed], files: Object.fromEntries(files) };
}

function readRun(record: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(join(root, record), "utf8")) as Run;
  } catch {
    return undefined;
  }
}

/** Undefined if one of the files is gone. */
function keyOf(options: BuildOptions, inputs: readonly string[]): string | undefined {
  // A plugin is what it does: its text.
  const settings = JSON.stringify([version, options], (_, value: unknown) =>
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

/** Beside its bundle, for whoever reads a stack; nothing names it, so it is not deployed. */
const mapOf = (file: string): string => `${file}.map`;

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

const exists = (file: string): boolean => existsSync(join(root, file));

/** Other processes see the file whole or not at all. */
function write(file: string, text: string): void {
  mkdirSync(join(root, dirname(file)), { recursive: true });
  const partial = join(root, `${file}.${process.pid}`);
  writeFileSync(partial, text);
  renameSync(partial, join(root, file));
}
