import type { Asset } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";
import { assetOfKey } from "../../domain/renditions.ts";
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
  /** False while a table is being restored. The audit then counts but removes nothing. */
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
  /** Objects that were removed because no row needs them. */
  readonly orphans: number;
  /** Objects whose keys do not belong to an asset. They are kept. */
  readonly foreign: number;
  /** True if too many objects have no row, so that none of them was removed. */
  readonly refused: boolean;
  /** False if another audit has audited the same page at the same time. */
  readonly moved: boolean;
}

/** A newer object is skipped, because its event may not have arrived yet (milliseconds). */
const grace = 60 * 60_000;

/** Number of concurrent reads or removals. */
const concurrency = 25;

/**
 * Compares one page of objects with their rows. It continues where the previous audit stopped, and starts again after the
 * last page. The object of an expired row is removed immediately, because the row never needs it again. An object without a
 * row is judged over many pages and weeks.
 */
export async function audit(auditing: Auditing): Promise<Audit> {
  const { assets, objects, cursor, now, removes } = auditing;
  const { state = startOfAudit, step } = await cursor.read();
  const page = await objects.list(state.after);
  const ours = page.objects.flatMap(({ key, modified }) => {
    const asset = assetOfKey(key);
    return asset ? [{ key, asset, modified }] : [];
  });
  const rows = await assets.getMany(different(ours.map(({ asset }) => asset)));
  const wanted = new Set(rows.filter(wantsObject).map(nameOf));
  const unwanted = ours.filter(
    ({ asset, modified }) => !wanted.has(nameOf(asset)) && modified < now() - grace,
  );
  const { rowless, expired } = await readAgain(unwanted, assets);
  const { next, orphans, refusal } = judge(state, {
    objects: ours.length,
    rowless: rowless.map(({ key, asset }) => ({ key, id: asset.id })),
    rows: rows.map(({ id }) => id),
    end: page.objects.at(-1)?.key ?? "",
    last: page.last,
    now: now(),
  });
  if (refusal !== undefined) {
    auditing.refused(refusal);
  }
  const condemned = removes ? [...expired.map(({ key }) => key), ...orphans] : [];
  await inBatches(condemned, async (key) => {
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

/** An upload, or a rendition of one. */
interface OurObject {
  readonly key: string;
  readonly asset: RowKey;
}

/** A batch read may miss rows, so each object without a row is read again on its own. */
async function readAgain(
  objects: readonly OurObject[],
  assets: Auditing["assets"],
): Promise<{ readonly rowless: readonly OurObject[]; readonly expired: readonly OurObject[] }> {
  const rowless: OurObject[] = [];
  const expired: OurObject[] = [];
  await inBatches(objects, async (object) => {
    const asset = await assets.get(object.asset);
    if (!asset) {
      rowless.push(object);
    } else if (!wantsObject(asset)) {
      expired.push(object);
    }
  });
  return { rowless, expired };
}

async function inBatches<One>(all: readonly One[], act: (one: One) => Promise<void>): Promise<void> {
  for (let from = 0; from < all.length; from += concurrency) {
    await Promise.all(all.slice(from, from + concurrency).map(act));
  }
}

const wantsObject = (asset: Asset): boolean => uploadStateOf(asset) !== "EXPIRED";

const nameOf = ({ ownerId, id }: RowKey): string => `${ownerId}/${id}`;

/** An asset has several objects, and a batch must not name a row twice. */
const different = (keys: readonly RowKey[]): RowKey[] => [
  ...new Map(keys.map((key) => [nameOf(key), key])).values(),
];
