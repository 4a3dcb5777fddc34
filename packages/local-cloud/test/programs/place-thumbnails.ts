import { cpSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../../test/support/program.ts";
import type { Programs } from "./support.ts";

/** The program's copy, with the packages of its function as `npm install` would put them there. */
export function placeThumbnails(place: Programs["place"]): string {
  const copy = place("thumbnails");
  const packages = join(copy, "thumbnailer/node_modules");
  // Copies: Pulumi leaves links to folders out of an archive.
  for (const name of ["sharp", "@img", "detect-libc", "semver"]) {
    cpSync(join(root, "node_modules", name), join(packages, name), { recursive: true });
  }
  return copy;
}
