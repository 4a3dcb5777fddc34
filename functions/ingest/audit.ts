import { type Asset, objectKey, parseObjectKey } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";
import type { Assets } from "../shared/assets.ts";
import type { Cursor } from "./cursor.ts";
import { uploadStateOf } from "./upload-state.ts";
import type { Objects } from "./objects.ts";
import { type AuditState, judge, startOfAudit } from "./orphans.ts";

export interface Auditing {
  readonly assets: Pick<Assets, "get" | "getMany">;
  readonly objects: Pick<Objects, "list" | "remove">;
  readonly cursor: Cursor<AuditState>;
  readonly now: () => number;
  /** False while a table is being restored: then the audit counts, and removes nothing. */
  readonly removes: boolean;
  /** Called for each object that was removed. */
  readonly removed: (key: string) => void;
  /** Called with the reason if objects without a row are not removed. */
  readonly refused: (reason: string) => void;
}

export interface Audit {
  readonly objects: number;
  /** Objects without a row, removed or not. */
  readonly rowless: number;
  /** Objects that were removed: no row needs them. */
  readonly orphans: number;
  /** Objects whose keys do not belong to an asset. They stay. */
  readonly foreign: number;
  /** Whether so many objects have no row that none of them was removed. */
  readonly refused: boolean;
  /** False if another audit walked the same page at the same time. */
  readonly moved: boolean;
}

/** A younger object is skipped: S3's event about it may still come. */
const grace = 60 * 60_000;

/** Rows read, and objects removed, at once. */
const atOnce = 25;

/**
 * Compares one page of objects with their rows, from where the last audit stopped, and begins again after the last.
 * What came after its row had expired goes at once: an expired row never wants an object again. What has no row is
 * judged over many pages and weeks.
 */
export async function audit(auditing: Auditing): Promise<Audit> {
  const { assets, objects, cursor, now, removes } = auditing;
  const { state = startOfAudit, step } = await cursor.read();
  const page = await objects.list(state.after);
  const ours = page.objects.flatMap(({ key, modified }) => {
    const asset = parseObjectKey(key);
    return asset ? [{ ...asset, modified }] : [];
  });
  const rows = await assets.getMany(ours);
  const wanted = new Set(rows.filter(wantsObject).map(nameOf));
  const unwanted = ours.filter((one) => !wanted.has(nameOf(one)) && one.modified < now() - grace);
  const { rowless, expired } = await readAgain(unwanted, assets);
  const { next, orphans, refusal } = judge(state, {
    objects: ours.length,
    rowless: rowless.map((key) => ({ key: nameOf(key), id: key.id })),
    rows: rows.map(({ id }) => id),
    end: page.objects.at(-1)?.key ?? "",
    last: page.last,
    now: now(),
  });
  if (refusal !== undefined) {
    auditing.refused(refusal);
  }
  const condemned = removes ? [...expired.map(nameOf), ...orphans] : [];
  await inTurn(condemned, async (key) => {
    await objects.remove(key);
    auditing.removed(key);
  });
  return {
    objects: page.objects.length,
    rowless: rowless.length,
    orphans: condemned.length,
    foreign: page.objects.length - ours.length,
    refused: refusal !== undefined,
    moved: await cursor.move(step, next),
  };
}

/** A batch read may miss rows, so each object without a row is read again on its own. */
async function readAgain(
  keys: readonly RowKey[],
  assets: Auditing["assets"],
): Promise<{ readonly rowless: readonly RowKey[]; readonly expired: readonly RowKey[] }> {
  const rowless: RowKey[] = [];
  const expired: RowKey[] = [];
  await inTurn(keys, async (key) => {
    const asset = await assets.get(key);
    if (!asset) {
      rowless.push(key);
    } else if (!wantsObject(asset)) {
      expired.push(key);
    }
  });
  return { rowless, expired };
}

async function inTurn<One>(all: readonly One[], act: (one: One) => Promise<void>): Promise<void> {
  for (let from = 0; from < all.length; from += atOnce) {
    await Promise.all(all.slice(from, from + atOnce).map(act));
  }
}

const wantsObject = (asset: Asset): boolean => uploadStateOf(asset) !== "EXPIRED";

const nameOf = ({ ownerId, id }: RowKey): string => objectKey(ownerId, id);
