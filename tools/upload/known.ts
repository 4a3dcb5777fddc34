import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Asset } from "../../packages/client/src/index.ts";
import type { Found } from "./files.ts";

type Line =
  /** The owner has an asset with these bytes. */
  | { readonly sha256: string; readonly id: string }
  /** A file that did not change has this hash. */
  | { readonly path: string; readonly size: number; readonly modified: number; readonly sha256: string }
  /** All assets up to this one were listed. */
  | { readonly listed: string };

/** Reads the owner's assets, newest first. */
type List = () => AsyncIterable<Asset>;

/**
 * What one owner has, by hash, kept in a file. Each run lists only the assets that are newer than those of the last
 * run. Lines are appended as files are uploaded, so that a killed run loses none.
 */
export class Known {
  private readonly file: string;
  private readonly assets = new Map<string, string>();
  private readonly hashes = new Map<string, Found & { readonly sha256: string }>();
  private listed = "";

  constructor(file: string) {
    this.file = file;
    for (const line of linesOf(file)) {
      this.learn(line);
    }
  }

  /** Returns the number of assets that were listed. */
  async update(list: List): Promise<number> {
    const newer: Asset[] = [];
    let found = false;
    for await (const asset of list()) {
      if (asset.id <= this.listed) {
        found = asset.id === this.listed;
        break;
      }
      newer.push(asset);
    }
    if (this.listed !== "" && !found) {
      // The last asset is gone, or this is another installation.
      this.forgetAssets();
      return this.update(list);
    }
    this.take(newer);
    this.rewrite();
    return newer.length;
  }

  /** The next update lists all of them. */
  forgetAssets(): void {
    this.assets.clear();
    this.listed = "";
  }

  /** The asset with these bytes. */
  assetOf(sha256: string): string | undefined {
    return this.assets.get(sha256);
  }

  /** The hash of a file that did not change since it was read. */
  hashOf({ path, size, modified }: Found): string | undefined {
    const known = this.hashes.get(path);
    return known?.size === size && known.modified === modified ? known.sha256 : undefined;
  }

  addHash(file: Found, sha256: string): void {
    this.append({ ...file, sha256 });
  }

  addAsset(sha256: string, id: string): void {
    this.append({ sha256, id });
  }

  private take(newer: readonly Asset[]): void {
    for (const { sha256, id, state } of newer) {
      if (sha256 !== null && (state === "RECEIVED" || state === "UPLOADED")) {
        this.assets.set(sha256, id);
      }
    }
    // The next run lists again those that may still arrive.
    const open = newer.findLastIndex(({ state }) => state === "CREATED");
    this.listed = newer[open + 1]?.id ?? this.listed;
  }

  private learn(line: Line): void {
    if ("listed" in line) {
      this.listed = line.listed;
    } else if ("id" in line) {
      this.assets.set(line.sha256, line.id);
    } else {
      this.hashes.set(line.path, line);
    }
  }

  private append(line: Line): void {
    this.learn(line);
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  private rewrite(): void {
    const lines: Line[] = [
      ...(this.listed === "" ? [] : [{ listed: this.listed }]),
      ...Array.from(this.assets, ([sha256, id]) => ({ sha256, id })),
      ...this.hashes.values(),
    ];
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    renameSync(`${this.file}.new`, this.file);
  }
}

/** A killed run may leave the last line unfinished. */
function* linesOf(file: string): Generator<Line> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return;
    }
    throw error;
  }
  for (const line of text.split("\n")) {
    try {
      yield JSON.parse(line) as Line;
    } catch {
      continue;
    }
  }
}
