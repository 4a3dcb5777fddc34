import { type Asset, objectKey, renditionsOf } from "../../domain/asset.ts";
import { deliveriesOf } from "../../domain/callback.ts";
import { wait } from "../../domain/due.ts";
import type { PurgeJob, RowKey } from "../../domain/messages.ts";
import { hasFailed } from "../ingest/upload-state.ts";
import { contentOf, type Forget } from "../shared/contents.ts";
import type { CountedAssets } from "../shared/counted.ts";
import type { Partitions } from "../shared/partitions.ts";
import type { PurgedAssets } from "./purged.ts";
import type { Versions } from "./versions.ts";

export interface Purging {
  readonly assets: Pick<CountedAssets, "get" | "remove">;
  readonly versions: Versions;
  readonly purged: PurgedAssets;
  /** Whether an owner was erased. */
  readonly isErased: (ownerId: string) => Promise<boolean>;
  /** The callbacks table. */
  readonly callbacks: Pick<Partitions, "removeAll">;
  readonly forgetContent: Forget;
  /** Makes the label index agree with an asset, of which a purge shows nothing. */
  readonly reindex: (key: RowKey) => Promise<unknown>;
  readonly now: () => number;
  /** Called with the number of object versions that were removed. */
  readonly removed: (versions: number) => void;
}

/** `failed upload`: the object of a rejected or expired upload was removed. `late`: an upload ended after its asset was purged, or its owner erased. `unknown`: there is no such asset, and none was purged lately. */
export type Outcome = "purged" | "failed upload" | "late" | "not requested" | "unknown";

/**
 * Removes everything that belongs to an asset whose purge was requested, the row last. Of a failed upload it removes the object. Each step may be repeated, and the
 * row asks for all of them again until it is gone.
 */
export async function purge(key: PurgeJob, purging: Purging): Promise<Outcome> {
  const asset = await purging.assets.get(key);
  if (!asset) {
    return purgeLate(key, purging);
  }
  if (!asset.purgeRequestedAt) {
    return hasFailed(asset) ? removeFailed(key, purging) : "not requested";
  }
  const lateUntil = Date.parse(asset.uploadExpiresAt) + wait.late;
  if (lateUntil > purging.now()) {
    await purging.purged.add(key, lateUntil);
  }
  await removeObjects(key, purging);
  await purging.callbacks.removeAll(key.ownerId, deliveriesOf(key.id));
  await purging.reindex(key);
  const content = contentOf(asset);
  if (content) {
    await purging.forgetContent(key, content);
  }
  await removeRow(asset, purging.assets);
  return "purged";
}

/** The row stays, with the reason. Its object does not count for the owner any more. */
async function removeFailed(key: PurgeJob, purging: Purging): Promise<Outcome> {
  await removeObjects(key, purging);
  return "failed upload";
}

/** The row is gone, so its object belongs to nothing. Without a record of the purge or the erasure, only the audit may judge so. */
async function purgeLate(key: PurgeJob, purging: Purging): Promise<Outcome> {
  if (!(await purging.purged.has(key)) && !(await purging.isErased(key.ownerId))) {
    return "unknown";
  }
  await removeObjects(key, purging);
  return "late";
}

async function removeObjects({ ownerId, id }: RowKey, { versions, removed }: Purging): Promise<void> {
  const object = objectKey(ownerId, id);
  removed(await versions.removeAll(object, { key: object }));
  removed(await versions.removeAll(renditionsOf(ownerId, id)));
}

/** A job that runs twice finds the row gone. A row that has changed since it was read is left to another try. */
async function removeRow(asset: Asset, assets: Purging["assets"]): Promise<void> {
  const removed = await assets.remove(asset, { when: "attribute_exists(#purgeRequestedAt)" });
  if (!removed && (await assets.get(asset))) {
    throw new Error("The row of an asset changed while it was purged");
  }
}
