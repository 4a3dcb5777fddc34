import { type Asset, objectKey, parseObjectKey } from "../../domain/asset.ts";
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

/**
 * More on a page, and more than a tenth of it, are no accident: a table that was restored to yesterday has no rows
 * for today's objects. Then the message ends among the dead letters, and a person decides.
 */
const mostOrphans = 25;

/** Objects that are removed at once. */
const atOnce = 25;

/**
 * Compares one page of objects with their rows, from where the last audit stopped, and begins again after the last.
 * A row is written before its upload is signed, and its id is never used again: an object without a row is an
 * object whose row was removed, and none will come. The same goes for what came after its row expired.
 */
export async function audit(auditing: Auditing): Promise<Audit> {
  const { assets, objects, cursor, now } = auditing;
  const after = await cursor.read();
  const page = await objects.list(after);
  const ours = page.objects.flatMap(({ key, modified }) => {
    const asset = parseObjectKey(key);
    return asset ? [{ ...asset, modified }] : [];
  });
  const found = await assets.getMany(ours);
  const wanted = new Set(found.filter(wantsObject).map(nameOf));
  const unwanted = ours.filter((one) => !wanted.has(nameOf(one)) && one.modified < now() - grace);
  if (unwanted.length > Math.max(mostOrphans, ours.length / 10)) {
    throw new Error(`${unwanted.length} of ${ours.length} objects have no row: is this the right table?`);
  }
  const orphans = await remove(unwanted, auditing);
  const moved = await cursor.move(after, page.last ? "" : (page.objects.at(-1)?.key ?? ""));
  return { objects: page.objects.length, orphans, foreign: page.objects.length - ours.length, moved };
}

/** Many are read at once, and some of the answers may be missing: only a read of its own condemns an object. */
async function remove(keys: readonly AssetKey[], { assets, objects, removed }: Auditing): Promise<number> {
  let orphans = 0;
  for (let from = 0; from < keys.length; from += atOnce) {
    await Promise.all(
      keys.slice(from, from + atOnce).map(async (key) => {
        const asset = await assets.get(key);
        if (!asset || !wantsObject(asset)) {
          await objects.remove(nameOf(key));
          removed(nameOf(key));
          orphans += 1;
        }
      }),
    );
  }
  return orphans;
}

const wantsObject = (asset: Asset): boolean => fateOf(asset) !== "EXPIRED";

const nameOf = ({ ownerId, id }: AssetKey): string => objectKey(ownerId, id);
