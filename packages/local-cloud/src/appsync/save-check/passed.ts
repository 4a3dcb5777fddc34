import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

/** The version of the check's settings. A change of them raises it. */
const CHECK = 1;

const maxKept = 2_000;

/** Hashes of code that has passed the check, in a file, so that an unchanged program is not checked again. */
export class Passed {
  readonly #file: string;
  readonly #versions: string;
  #known: Set<string> | undefined;

  constructor(file: string) {
    this.#file = file;
    const load = createRequire(import.meta.url);
    const versionOf = (name: string) => (load(`${name}/package.json`) as { version: string }).version;
    this.#versions = [CHECK, ...["typescript", "@aws-appsync/utils"].map(versionOf)].join(" ");
  }

  has(code: string): boolean {
    return this.#read().has(this.#keyOf(code));
  }

  add(codes: readonly string[]): void {
    const known = this.#read();
    for (const code of codes) {
      known.add(this.#keyOf(code));
    }
    const text = JSON.stringify([...known].slice(-maxKept));
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      // Another process may read the file at this moment.
      const fresh = `${this.#file}.${process.pid}`;
      writeFileSync(fresh, text);
      renameSync(fresh, this.#file);
    } catch {
      // If the folder cannot be written, the next start checks the code again.
    }
  }

  #keyOf(code: string): string {
    return createHash("sha256").update(`${this.#versions}\n${code}`).digest("base64url");
  }

  #read(): Set<string> {
    this.#known ??= new Set(readList(this.#file));
    return this.#known;
  }
}

function readList(file: string): string[] {
  try {
    const list: unknown = JSON.parse(readFileSync(file, "utf8"));
    return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}
