import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/*
 * Packages with native binaries have one package for each platform, with the platform in its name:
 * `@img/sharp-linux-arm64`, `@swc/core-linux-x64-gnu`. An archive has those of Lambda's platform. This machine can have
 * another one: its packages are then those of the program's `node_modules`.
 */

const platform = /-(?:darwin|freebsd|linux|linuxmusl|win32)-(?:arm64|x64)(?:-(?:gnu|musl|msvc))?$/;

/** True for the folder of a package whose binaries do not run on this machine. Nothing but its package.json is needed. */
export function isOfOtherPlatform(folder: string): boolean {
  if (!platform.test(basename(folder))) {
    return false;
  }
  const { os, cpu } = readManifest(folder);
  return excludes(os, process.platform) || excludes(cpu, process.arch);
}

/**
 * The name of the package that is asked for, if the archive has the same package for another platform. Undefined for
 * all other packages: on AWS they would be missing.
 */
export function counterpart(specifier: string, taskRoot: string): string | undefined {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (!platform.test(name)) {
    return undefined;
  }
  const scope = join(taskRoot, "node_modules", dirname(name));
  const family = familyOf(basename(name));
  const others = existsSync(scope) ? readdirSync(scope) : [];
  return others.some((other) => platform.test(other) && familyOf(other) === family) ? name : undefined;
}

const familyOf = (name: string): string => name.replace(platform, "");

interface Manifest {
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

function readManifest(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  } catch {
    return {};
  }
}

const excludes = (allowed: readonly string[] | undefined, here: string): boolean =>
  allowed !== undefined && !allowed.includes(here);
