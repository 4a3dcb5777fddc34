import { type Asset, parseObjectKey, transitions } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";
import type { Objects } from "./objects.ts";
import { removeAsset, settleUpload, type Settling } from "./settled.ts";
import { hasFailed, uploadStateOf } from "./upload-state.ts";
import { verify } from "./verify.ts";

/** One record of an S3 event notification, parsed. */
export interface ObjectEvent {
  readonly kind: "created" | "removed";
  /** Decoded. */
  readonly key: string;
  readonly sequencer: string;
  /** Set if a version of the object was removed, which may not be the current one. */
  readonly ofVersion?: true;
}

export interface Ingesting extends Settling {
  readonly objects: Pick<Objects, "exists" | "read" | "removeRenditions">;
}

/**
 * The result, for log and metrics. `late` means that the upload had failed before, so the object is removed. `orphan` means that
 * there is no row: if the asset was purged, the object is removed too, otherwise the audit judges.
 */
export type Outcome =
  "received" | "rejected" | "removed" | "late" | "stale" | "foreign" | "gone" | "orphan" | "purging";

/**
 * Updates an asset after a change of its object. S3's events can be repeated, late and out of order. The row has the
 * sequencer of its newest event, and older events are ignored. Each write is conditional, so a repeated event changes
 * nothing.
 */
export async function ingest(event: ObjectEvent, ingesting: Ingesting): Promise<Outcome> {
  const key = parseObjectKey(event.key);
  if (!key) {
    return "foreign";
  }
  const sequencer = padSequencer(event.sequencer);
  if (event.kind === "created") {
    return created(key, event.key, sequencer, ingesting);
  }
  // If an old version or a delete marker was removed, the object still exists or exists again.
  const isThere = event.ofVersion && (await ingesting.objects.exists(event.key));
  return isThere ? "stale" : removed(key, sequencer, ingesting);
}

/**
 * Removes what belongs to a removed object. The row of a failed upload is kept: its object is removed on purpose. The row
 * of an asset that is being purged is kept until everything else of it is gone.
 */
async function removed(key: RowKey, sequencer: string, ingesting: Ingesting): Promise<Outcome> {
  const { assets, objects } = ingesting;
  const asset = await assets.get(key);
  if (!asset) {
    // A repeated event finds no row. The first one may have failed before it removed the renditions.
    await objects.removeRenditions(key);
    return "stale";
  }
  if (isKept(asset, sequencer)) {
    return "stale";
  }
  const unchanged = { when: "#version = :version", values: { version: asset.version } };
  if (!(await removeAsset(asset, ingesting, unchanged))) {
    // The row has changed since it was read. The number of changes is limited, so the repetition ends.
    return removed(key, sequencer, ingesting);
  }
  return "removed";
}

const isKept = (asset: Asset, sequencer: string): boolean =>
  hasFailed(asset) || asset.purgeRequestedAt !== undefined || isOld(asset, sequencer);

async function created(key: RowKey, name: string, sequencer: string, ingesting: Ingesting): Promise<Outcome> {
  const { assets, objects, queuePurge } = ingesting;
  const asset = await assets.get(key);
  if (!asset || asset.purgeRequestedAt) {
    await queuePurge(key);
    return asset ? "purging" : "orphan";
  }
  if (hasFailed(asset)) {
    await queuePurge(key);
    return "late";
  }
  if (!transitions.receive.from.includes(uploadStateOf(asset)) || isOld(asset, sequencer)) {
    return "stale";
  }
  const object = await objects.read(name);
  if (!object) {
    return "gone";
  }
  const verdict = verify(asset, object);
  if (!(await settleUpload(asset, verdict, ingesting, { set: { sequencer }, when: isNewer }))) {
    // The row has changed since it was read. The number of changes is limited, so the repetition ends.
    return created(key, name, sequencer, ingesting);
  }
  return verdict.kind === "rejected" ? "rejected" : "received";
}

const isNewer = "(attribute_not_exists(#sequencer) OR #sequencer < :sequencer)";

const isOld = (asset: Asset, sequencer: string): boolean =>
  asset.sequencer !== undefined && asset.sequencer >= sequencer;

/**
 * Sequencers are compared as strings after the shorter one is padded with zeros on the right (S3 user guide, event message
 * structure). They are hexadecimal and have at most 18 digits today.
 */
export const padSequencer = (sequencer: string): string => sequencer.toUpperCase().padEnd(64, "0");
