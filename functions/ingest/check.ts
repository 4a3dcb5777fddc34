import { type Asset, objectKey, transitions } from "../../domain/asset.ts";
import { dueAt, wait } from "../../domain/due.ts";
import type { RowKey } from "../../domain/messages.ts";
import type { Assets } from "../shared/assets.ts";
import type { MoveDue } from "../shared/due.ts";
import { uploadStateOf, uploadStateWrite, verdictWrite } from "./uploadState.ts";
import type { Objects } from "./objects.ts";
import { verify } from "./verify.ts";

export interface Checking {
  readonly assets: Assets;
  readonly objects: Pick<Objects, "exists" | "read" | "remove">;
  readonly moveDue: MoveDue;
  readonly now: () => number;
}

/**
 * What a check came to. `agrees`: nothing to do but to look again later. `stale`: the row changed meanwhile, and
 * what changed it has said when to look again. The others are the same as for S3's events.
 */
export type CheckOutcome =
  "received" | "rejected" | "expired" | "removed" | "late" | "agrees" | "stale" | "gone";

/**
 * Makes one row agree with its object when S3's word of it may be lost. There is no sequencer to compare: the row is
 * read first, then the bucket, and the write holds only if the row is still as it was read. S3 shows every object
 * whose upload was answered, so an object that is not there came later, or never: its event is still on the way.
 */
export async function check(key: RowKey, checking: Checking): Promise<CheckOutcome> {
  const asset = await checking.assets.get(key);
  if (!asset) {
    return "gone";
  }
  switch (uploadStateOf(asset)) {
    case "CREATED":
      return checkWaiting(asset, checking);
    case "EXPIRED":
      return checkExpired(asset, checking);
    default:
      return checkStored(asset, checking);
  }
}

/** An upload whose event was lost is verified as it would have been; one that never came expires. */
async function checkWaiting(asset: Asset, checking: Checking): Promise<CheckOutcome> {
  const { assets, objects, now } = checking;
  const object = await objects.read(objectKey(asset.ownerId, asset.id));
  if (object) {
    const verdict = verify(asset, object);
    const written = await assets.update(asset, verdictWrite(asset, verdict, now()));
    return outcome(written, verdict.kind === "rejected" ? "rejected" : "received");
  }
  if (now() < Date.parse(asset.uploadExpiresAt) + wait.upload) {
    return agree(asset, checking);
  }
  const write = uploadStateWrite(asset, transitions.expire.to, { labelStatus: asset.labelStatus }, now());
  const written = await assets.update(asset, {
    ...write,
    // A renewal sets another time: its URL may be in use.
    when: `${write.when} AND #uploadExpiresAt = :uploadExpiresAt`,
    values: { ...write.values, uploadExpiresAt: asset.uploadExpiresAt },
  });
  return outcome(written, "expired");
}

/** An object that came after all serves nobody. Once there is none a day later, none can come. */
async function checkExpired(asset: Asset, checking: Checking): Promise<CheckOutcome> {
  const { objects, moveDue } = checking;
  const name = objectKey(asset.ownerId, asset.id);
  if (!(await objects.exists(name))) {
    await moveDue(asset, asset.dueAt, undefined);
    return "agrees";
  }
  await objects.remove(name);
  await agree(asset, checking);
  return "late";
}

/** The object was there: if it is not, it was removed, and the row goes as it would have by the removal's event. */
async function checkStored(asset: Asset, checking: Checking): Promise<CheckOutcome> {
  const { assets, objects } = checking;
  if (await objects.exists(objectKey(asset.ownerId, asset.id))) {
    return agree(asset, checking);
  }
  const gone = await assets.remove(asset, {
    when: "#version = :version",
    values: { version: asset.version },
  });
  return outcome(gone, "removed");
}

async function agree(asset: Asset, { moveDue, now }: Checking): Promise<CheckOutcome> {
  const { state, labelStatus, labelLease } = asset;
  const uploadExpiresAt = Date.parse(asset.uploadExpiresAt);
  const next = dueAt({ state, labelStatus, uploadExpiresAt, ...(labelLease && { labelLease }) }, now());
  return outcome(await moveDue(asset, asset.dueAt, next), "agrees");
}

const outcome = (written: boolean, done: CheckOutcome): CheckOutcome => (written ? done : "stale");
