import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Names, renamed } from "./names.ts";

/**
 * Not in a copy: what makes copies, our list of changes, and snapshots, which the first run of the tests writes again:
 * they have numbers that are computed from names.
 */
const ours = [/^tools\/starter\//, /^test\/tools\/starter\//, /^CHANGELOG\.md$/, /\/__snapshots__\//];

/** Kept as it is: the licence names whom it is from. */
const verbatim = [/^LICENSE$/];

/** Copies the files that git knows. Returns the paths of those that have changed. */
export function copyProduct(from: string, to: string, names: Names): string[] {
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    ...{ cwd: from, encoding: "utf8", maxBuffer: 2 ** 26 },
  });
  const changed: string[] = [];
  for (const file of files.split("\0").filter((name) => name && !ours.some((one) => one.test(name)))) {
    const bytes = readFileSync(join(from, file));
    const target = join(to, renamed(file, names));
    mkdirSync(dirname(target), { recursive: true });
    const text = bytes.includes(0) ? undefined : bytes.toString("utf8");
    const kept = text === undefined || verbatim.some((one) => one.test(file));
    const copy = kept ? text : adapted(file, renamed(text, names));
    writeFileSync(target, copy ?? bytes);
    chmodSync(target, statSync(join(from, file)).mode);
    if (copy !== undefined && copy !== text) {
      changed.push(target);
    }
  }
  writeFileSync(join(to, "CHANGELOG.md"), "# Changelog\n\n## Unreleased\n");
  return changed;
}

/** Without what makes copies. */
function adapted(file: string, text: string): string {
  if (file === "package.json") {
    return text.replace(/^ *"starter": .*\n/m, "");
  }
  return file.endsWith(".md") ? text.replaceAll(/^.*npm run starter.*\n/gm, "") : text;
}
