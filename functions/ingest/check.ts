import { type Asset, objectKey, transitions } from "../../domain/asset.ts";
import { dueAt, isSettled, wait } from "../../domain/due.ts";
import type { RowKey } from "../../domain/messages.ts";
import type { MoveDue } from "../shared/due.ts";
import { isPassing, keptUntil, purgeWrite, type Retention } from "./retention.ts";
import { removeAsset, settleUpload, type Settling } from "./settled.ts";
import { uploadStateOf, uploadStateWrite } from "./upload-state.ts";
import type { Objects } from "./objects.ts";
import { verify } from "./verify.ts";

export interface Checking extends Settling {
  readonly objects: Pick<Objects, "exists" | "read" | "removeRenditions">;
  readonly moveDue: MoveDue;
  readonly retention: Retention;
  /** False while a table is being restored. No retention then ends: the rows may be old. */
  readonly removes: boolean;
}

/**
 * The result of a check. `agrees`: row and object agree. `stale`: the row changed meanwhile, and that write set the time
 * of the next check. The others are the same as for S3's events.
 * `retention ended`: the purge was requested.
 */
export type CheckOutcome =
  | "received"
  | "rejected"
  | "expired"
  | "removed"
  | "late"
  | "agrees"
  | "stale"
  | "gone"
  | "purging"
  | "retention ended";

/**
 * Makes one row agree with its object in case S3's event was lost. There is no sequencer to compare: the row is read
 * first, then the bucket, and the write succeeds only if the row has not changed. S3 shows every object whose upload was
 * answered. If the object is missing, it was not uploaded yet, and its event is still to come.
 */
export async function check(key: RowKey, checking: Checking): Promise<CheckOutcome> {
  const asset = await checking.assets.get(key);
  if (!asset) {
    return "gone";
  }
  if (asset.purgeRequestedAt) {
    await checking.queuePurge({ ownerId: asset.ownerId, id: asset.id });
    return "purging";
  }
  const { assets, now, retention, removes } = checking;
  if (removes && (keptUntil(asset, retention) ?? Infinity) <= now()) {
    return outcome(await assets.update(asset, purgeWrite(asset, now())), "retention ended");
  }
  switch (uploadStateOf(asset)) {
    case "CREATED":
      return checkWaiting(asset, checking);
    case "EXPIRED":
    case "REJECTED":
      return checkFailed(asset, checking);
    default:
      return checkStored(asset, checking);
  }
}

/** Verifies an upload whose event was lost. Without an object, the asset expires. */
async function checkWaiting(asset: Asset, checking: Checking): Promise<CheckOutcome> {
  const { assets, objects, now } = checking;
  const object = await objects.read(objectKey(asset.ownerId, asset.id));
  if (object) {
    const verdict = verify(asset, object);
    const written = await settleUpload(asset, verdict, checking);
    return outcome(written, verdict.kind === "rejected" ? "rejected" : "received");
  }
  if (now() < Date.parse(asset.uploadExpiresAt) + wait.upload) {
    return agree(asset, checking);
  }
  const write = uploadStateWrite(asset, transitions.expire.to, { labelStatus: asset.labelStatus }, now());
  const written = await assets.release(asset, {
    ...write,
    // A renewal sets another expiry: its URL may be in use.
    when: `${write.when} AND #uploadExpiresAt = :uploadExpiresAt`,
    values: { ...write.values, uploadExpiresAt: asset.uploadExpiresAt },
  });
  return outcome(written, "expired");
}

/** Removes the object of a rejected upload, or one that came after its asset expired. If there is none, none can come. */
async function checkFailed(asset: Asset, checking: Checking): Promise<CheckOutcome> {
  const { objects, moveDue, queuePurge, retention } = checking;
  const name = objectKey(asset.ownerId, asset.id);
  if (!(await objects.exists(name))) {
    await moveDue(asset, asset.dueAt, keptUntil(asset, retention));
    return "agrees";
  }
  await queuePurge({ ownerId: asset.ownerId, id: asset.id });
  await agree(asset, checking);
  return "late";
}

/** A missing object was removed: the row is removed too, as by the removal's event. */
async function checkStored(asset: Asset, checking: Checking): Promise<CheckOutcome> {
  if (await checking.objects.exists(objectKey(asset.ownerId, asset.id))) {
    return agree(asset, checking);
  }
  const unchanged = { when: "#version = :version", values: { version: asset.version } };
  return outcome(await removeAsset(asset, checking, unchanged), "removed");
}

async function agree(asset: Asset, checking: Checking): Promise<CheckOutcome> {
  // The sweep has set the time of the next check of a settled row.
  if (isSettled(asset) && (asset.dueAt ?? 0) > checking.now() + wait.again) {
    return "agrees";
  }
  const next = nextCheck(asset, checking);
  return outcome(await checking.moveDue(asset, asset.dueAt, next), "agrees");
}

function nextCheck(asset: Asset, { retention, now }: Checking): number {
  // The first check of an expired asset, which looks for a late object, has its own time.
  if (isPassing(asset) && asset.state !== transitions.expire.to) {
    return Math.min(now() + wait.audit, keptUntil(asset, retention) ?? Infinity);
  }
  return dueAt({ ...asset, uploadExpiresAt: Date.parse(asset.uploadExpiresAt) }, now());
}

const outcome = (written: boolean, done: CheckOutcome): CheckOutcome => (written ? done : "stale");
