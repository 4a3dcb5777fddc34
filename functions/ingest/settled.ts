import type { Asset } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";
import type { AssetWrite } from "../shared/assets.ts";
import type { Condition } from "../shared/conditional.ts";
import { contentOf, type Contents } from "../shared/contents.ts";
import type { CountedAssets } from "../shared/counted.ts";
import type { Objects } from "./objects.ts";
import { verdictWrite } from "./upload-state.ts";
import type { Verdict } from "./verify.ts";

export interface Settling {
  readonly assets: CountedAssets;
  readonly contents: Contents;
  readonly objects: Pick<Objects, "removeRenditions">;
  /** Queues a job for `purge`, which removes all versions of an object. */
  readonly queuePurge: (key: RowKey) => Promise<void>;
  readonly now: () => number;
}

/**
 * Writes the verdict on an upload. False if the row has changed since it was read. The bytes of a rejected one no longer
 * count for its owner, so they are not kept.
 */
export async function settleUpload(
  asset: Asset,
  verdict: Verdict,
  { assets, contents, now, queuePurge }: Settling,
  more: AssetWrite = { when: "attribute_exists(#id)" },
): Promise<boolean> {
  const write = verdictWrite(asset, verdict, now());
  const content = verdict.kind === "rejected" ? undefined : contentOf(asset);
  const duplicateOf = content && (await contents.register(asset, content));
  const update = {
    ...write,
    set: { ...write.set, ...more.set, ...(duplicateOf && { duplicateOf }) },
    when: `${write.when} AND ${more.when}`,
  };
  if (verdict.kind !== "rejected") {
    return assets.update(asset, update);
  }
  const released = await assets.release(asset, update);
  await (released && queuePurge({ ownerId: asset.ownerId, id: asset.id }));
  return released;
}

/**
 * Removes the row of a removed object, and its renditions. The row comes first, because renditions that are made
 * meanwhile are removed once their row is missing. False if the condition failed.
 */
export async function removeAsset(
  asset: Asset,
  { assets, contents, objects }: Settling,
  condition: Condition,
): Promise<boolean> {
  const content = contentOf(asset);
  const forget = () => content && contents.forget(asset, content);
  await forget();
  if (!(await assets.remove(asset, condition))) {
    return false;
  }
  // A label job may have registered the content again. Without the row, none can.
  await forget();
  await objects.removeRenditions(asset);
  return true;
}
