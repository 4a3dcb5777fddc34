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
import { dirname, join, posix, relative, resolve } from "node:path";
import type { Archive, Asset } from "../../base/graph.ts";
import { AwsError } from "../../base/service.ts";

/**
 * Writes a function's code into a fresh folder and returns its real path. Paths in it are relative to `program`.
 * Takes asset archives and folders; zip files and remote archives are refused by name.
 */
export function unpack(code: Archive, folder: string, program: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Without one, a package.json in a folder above would decide what `.js` means; on AWS nothing lies above.
  writeFileSync(join(folder, "package.json"), "{}");
  if ("path" in code && !statSync(resolve(program, code.path)).isDirectory()) {
    throw unsupported(`${code.path} is an archive file; give a folder or assets`);
  }
  write(code, folder, { folder, program });
  return realpathSync(folder);
}

/** Changes when the code does: its texts, and the names, sizes and times of its files. */
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
 * Source maps by the file of the archive that they are of. A map lies beside the file that the program names, as
 * `index.mjs.map` beside `index.mjs`, and is no part of what is deployed.
 */
export function sourceMaps(code: Archive, program: string): ReadonlyMap<string, string> {
  return new Map(
    pathsOf(code)
      .map(([name, path]) => [name, `${resolve(program, path)}.map`] as const)
      .filter(([, map]) => existsSync(map)),
  );
}

/** Each path in an archive, by the name that it has there. */
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
    throw unsupported(`an entry leaves its archive: ${relative(roots.folder, target)}`);
  }
  if ("assets" in entry) {
    for (const [name, inner] of Object.entries(entry.assets)) {
      write(inner, resolve(target, name), roots);
    }
  } else if ("path" in entry) {
    cpSync(resolve(roots.program, entry.path), target, { recursive: true, dereference: true });
  } else if ("text" in entry) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, entry.text);
  } else {
    throw unsupported(`it lies at ${entry.uri}, not on this machine`);
  }
}

function unsupported(why: string): AwsError {
  return new AwsError("InvalidParameterValueException", `Cannot unpack the code: ${why}.`);
}
