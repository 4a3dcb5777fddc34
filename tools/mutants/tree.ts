import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Fault } from "./fault.ts";

/** A copy of the checkout as it stands in a temporary folder, with this checkout's packages: faults never touch the original. */
export interface Tree {
  readonly folder: string;
  /** Puts a fault in; what it gives back takes the fault out again. */
  put(fault: Fault): () => void;
  remove(): void;
}

export function copyTree(root: string): Tree {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-mutants-"));
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  }).split("\0");
  for (const file of files.filter((name) => name !== "" && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  for (const packages of [
    "node_modules",
    "test/clients/apollo-3/node_modules",
    "test/clients/react-19/node_modules",
  ]) {
    if (existsSync(join(root, packages))) {
      symlinkSync(join(root, packages), join(folder, packages));
    }
  }
  return {
    folder,
    put({ file, from, to }) {
      const path = join(folder, file);
      const source = readFileSync(path, "utf8");
      const places = source.split(from).length - 1;
      if (places !== 1) {
        throw new Error(`${file}: "${from}" stands ${places} times in it, not once`);
      }
      writeFileSync(
        path,
        source.replace(from, () => to),
      );
      return () => writeFileSync(path, source);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
