import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, posix, relative, resolve } from "node:path";
import type { Archive, Asset } from "../../base/graph.ts";
import { isOfOtherPlatform } from "./platform-packages.ts";

/**
 * Writes a function's code into a new folder, and returns its real path. Paths in the code are relative to `program`.
 * Throws a plain `Error` for zip files and for archives at a URL.
 */
export function unpack(code: Archive, folder: string, program: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Otherwise a package.json in a folder above decides whether `.js` is an ES module. On AWS there is no folder above.
  writeFileSync(join(folder, "package.json"), "{}");
  if ("path" in code && !statSync(resolve(program, code.path)).isDirectory()) {
    throw new Error(`${code.path} is an archive file; give a folder or assets`);
  }
  write(code, folder, { folder, program });
  return realpathSync(folder);
}

/** Differs for different code. Made from the texts, and from the names, sizes and times of the files. */
export function fingerprint(code: Archive, program: string): string {
  const files = pathsOf(code).flatMap(([, path]) => stampsOf(resolve(program, path)));
  return JSON.stringify([code, files]);
}

function stampsOf(file: string): string[] {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    return readdirSync(file).flatMap((name) => stampsOf(join(file, name)));
  }
  return [`${file} ${stats?.size} ${stats?.mtimeMs}`];
}

/**
 * The source map of each file in the archive that has one. A map is beside the file that the program names:
 * `index.mjs.map` beside `index.mjs`. It is not deployed.
 */
export function sourceMaps(code: Archive, program: string): ReadonlyMap<string, string> {
  return new Map(
    pathsOf(code)
      .map(([name, path]) => [name, `${resolve(program, path)}.map`] as const)
      .filter(([, map]) => existsSync(map)),
  );
}

/** The files and folders of an archive: their names in the archive, and their paths. */
function pathsOf(entry: Archive | Asset, name = ""): (readonly [string, string])[] {
  if ("path" in entry) {
    return [[name, entry.path]];
  }
  if (!("assets" in entry)) {
    return [];
  }
  return Object.entries(entry.assets).flatMap(([key, inner]) => pathsOf(inner, posix.join(name, key)));
}

interface Roots {
  readonly folder: string;
  readonly program: string;
}

function write(entry: Archive | Asset, target: string, roots: Roots): void {
  if (relative(roots.folder, target).startsWith("..")) {
    throw new Error(`an entry leaves its archive: ${relative(roots.folder, target)}`);
  }
  if ("assets" in entry) {
    for (const [name, inner] of Object.entries(entry.assets)) {
      write(inner, resolve(target, name), roots);
    }
  } else if ("path" in entry) {
    copy(resolve(roots.program, entry.path), target);
  } else if ("text" in entry) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, entry.text);
  } else {
    throw new Error(`it lies at ${entry.uri}, not on this machine`);
  }
}

/** Leaves out binaries of other platforms, which have megabytes and cannot run here. */
function copy(from: string, to: string): void {
  const left = new Set<string>();
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter(source) {
      if (isOfOtherPlatform(source)) {
        left.add(source);
      }
      return !left.has(dirname(source)) || basename(source) === "package.json";
    },
  });
}
