import { cpSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Archive, Asset } from "../../graph.ts";
import { AwsError } from "../service.ts";

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

interface Roots {
  readonly folder: string;
  readonly program: string;
}

function write(entry: Archive | Asset, target: string, roots: Roots): void {
  if (relative(roots.folder, target).startsWith("..")) {
    throw unsupported(`an entry leaves its archive: ${relative(roots.folder, target)}`);
  }
  if ("assets" in entry) {
    for (const [name, inner] of Object.entries(entry.assets)) write(inner, resolve(target, name), roots);
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
