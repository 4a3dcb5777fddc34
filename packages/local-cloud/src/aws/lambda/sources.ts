import { readFileSync, statSync } from "node:fs";
import { type SourceMapPayload, SourceMap } from "node:module";
import { dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Replaces positions in a function's bundle by positions in its sources, in the log. The function itself runs and
 * answers without source maps, as on AWS.
 */
export class Sources {
  readonly #maps: ReadonlyMap<string, string>;
  readonly #program: string;
  readonly #position: RegExp;
  readonly #read = new Map<string, { readonly modified: number; readonly map: SourceMap }>();

  /** `maps`: the source map of each path in the task root. Sources are named relative to `program`. */
  constructor(taskRoot: string, maps: ReadonlyMap<string, string>, program: string) {
    this.#maps = maps;
    this.#program = program;
    const folders = [pathToFileURL(taskRoot).href, taskRoot].map(escape);
    this.#position = new RegExp(String.raw`(?:${folders.join("|")})/([^\s:()"\\]+):(\d+):(\d+)`, "g");
  }

  named(text: string): string {
    return text.replaceAll(this.#position, (position, file: string, line: string, column: string) => {
      const path = this.#maps.get(file);
      return (path !== undefined && this.#find(path, Number(line), Number(column))) || position;
    });
  }

  #find(path: string, line: number, column: number): string | undefined {
    const found = this.#map(path)?.findOrigin(line, column);
    if (!found || !("fileName" in found)) {
      return undefined;
    }
    const file = relative(this.#program, resolve(dirname(path), found.fileName));
    return `${file}:${found.lineNumber}:${found.columnNumber}`;
  }

  /** The map file changes when the sources change, even if the bundle stays the same. */
  #map(path: string): SourceMap | undefined {
    const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (modified === undefined) {
      return undefined;
    }
    const known = this.#read.get(path);
    if (known?.modified === modified) {
      return known.map;
    }
    const map = new SourceMap(JSON.parse(readFileSync(path, "utf8")) as SourceMapPayload);
    this.#read.set(path, { modified, map });
    return map;
  }
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
