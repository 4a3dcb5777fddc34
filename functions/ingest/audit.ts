import { objectKey, parseObjectKey } from "../../domain/asset.ts";
import type { AssetKey, Assets } from "../shared/assets.ts";
import type { Cursor } from "./cursor.ts";
import { fateOf } from "./fate.ts";
import type { Objects } from "./objects.ts";

export interface Auditing {
  readonly assets: Pick<Assets, "get" | "getMany">;
  readonly objects: Pick<Objects, "list" | "remove">;
  readonly cursor: Cursor;
  readonly now: () => number;
  /** Hears of each object that was removed. */
  readonly removed: (key: string) => void;
}

export interface Audit {
  readonly objects: number;
  /** Objects that no row wanted, and that were removed. */
  readonly orphans: number;
  /** Objects under keys that are none of ours: they are left alone. */
  readonly foreign: number;
  /** False if another audit walked the same page at the same time. */
  readonly moved: boolean;
}

/** A younger object is left to S3's event about it. */
const grace = 60 * 60_000;

/** Objects whose rows are read, and that are removed, at once. */
const atOnce = 25;

/**
 * Compares one page of objects with their rows, from where the last audit stopped, and begins again after the last.
 * A row is written before its upload is signed, and its id is never used again: an object without a row is an
 * object whose row was removed, and none will come. The same goes for what came after its row expired.
 */
export async function audit(auditing: Auditing): Promise<Audit> {
  const { objects, cursor, now } = auditing;
  const after = await cursor.read();
  const page = await objects.list(after);
  const old = page.objects.filter(({ modified }) => modified < now() - grace);
  const keys = old.flatMap(({ key }) => parseObjectKey(key) ?? []);
  const orphans = await removeUnwanted(keys, auditing);
  const moved = await cursor.move(after, page.last ? "" : (page.objects.at(-1)?.key ?? ""));
  return { objects: page.objects.length, orphans, foreign: old.length - keys.length, moved };
}

async function removeUnwanted(
  keys: readonly AssetKey[],
  { assets, objects, removed }: Auditing,
): Promise<number> {
  const found = await assets.getMany(keys);
  const wanted = new Set(found.filter((asset) => fateOf(asset) !== "EXPIRED").map(nameOf));
  const suspects = keys.filter((key) => !wanted.has(nameOf(key)));
  let orphans = 0;
  for (let from = 0; from < suspects.length; from += atOnce) {
    const some = await Promise.all(
      suspects.slice(from, from + atOnce).map(async (key) => {
        // Many are read at once, and some of the answers may be missing: only a read of its own condemns an object.
        const asset = await assets.get(key);
        if (asset && fateOf(asset) !== "EXPIRED") {
          return 0;
        }
        await objects.remove(nameOf(key));
        removed(nameOf(key));
        return 1;
      }),
    );
    orphans += some.filter((count) => count === 1).length;
  }
  return orphans;
}

const nameOf = ({ ownerId, id }: AssetKey): string => objectKey(ownerId, id);
