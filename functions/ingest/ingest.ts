import { type Asset, parseObjectKey, transitions } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";
import type { Assets } from "../shared/assets.ts";
import type { Objects } from "./objects.ts";
import { uploadStateOf, verdictWrite } from "./upload-state.ts";
import { verify } from "./verify.ts";

/** One record of an S3 event notification, parsed. */
export interface ObjectEvent {
  readonly kind: "created" | "removed";
  /** Decoded. */
  readonly key: string;
  readonly sequencer: string;
  /** Set if one version of the object was removed, which may not be the current one. */
  readonly ofVersion?: true;
}

export interface Ingesting {
  readonly assets: Assets;
  readonly objects: Pick<Objects, "exists" | "read" | "remove">;
  readonly now: () => number;
}

/** The result, for log and metrics. `late`: the object came after its row had expired, and was removed. */
export type Outcome = "received" | "rejected" | "removed" | "late" | "stale" | "foreign" | "gone" | "orphan";

/**
 * Brings an asset up to date with its object. S3's events come twice, late and out of order. The row keeps the sequencer
 * of the newest event, which decides what is new. Each write is conditional, so a repetition changes nothing.
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
  // An old version or a delete marker was removed: the object is still there, or there again.
  const isThere = event.ofVersion && (await ingesting.objects.exists(event.key));
  return isThere ? "stale" : removed(key, sequencer, ingesting.assets);
}

const news = "(attribute_not_exists(#sequencer) OR #sequencer < :sequencer)";

/** Removes the row with its object. An expired row stays: its object was a late one, which `ingest` itself removed. */
async function removed(key: RowKey, sequencer: string, assets: Assets): Promise<Outcome> {
  const unlessExpired =
    "#state <> :expired AND (attribute_not_exists(#formerState) OR #formerState <> :expired)";
  const done = await assets.remove(key, {
    when: `attribute_exists(#id) AND ${news} AND ${unlessExpired}`,
    values: { sequencer, expired: transitions.expire.to },
  });
  return done ? "removed" : "stale";
}

async function created(key: RowKey, name: string, sequencer: string, ingesting: Ingesting): Promise<Outcome> {
  const { assets, objects, now } = ingesting;
  const asset = await assets.get(key);
  if (!asset) {
    return "orphan";
  }
  if (uploadStateOf(asset) === transitions.expire.to) {
    await objects.remove(name);
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
  const write = verdictWrite(asset, verdict, now());
  const set = { ...write.set, sequencer };
  if (!(await assets.update(key, { ...write, set, when: `${write.when} AND ${news}` }))) {
    // The row has changed since it was read. That happens only a few times, so the event is handled again.
    return created(key, name, sequencer, ingesting);
  }
  return verdict.kind === "rejected" ? "rejected" : "received";
}

const isOld = (asset: Asset, sequencer: string): boolean =>
  asset.sequencer !== undefined && asset.sequencer >= sequencer;

/**
 * Sequencers compare as strings once the shorter is padded with zeros on the right (S3 user guide, event message
 * structure). They are hexadecimal and at most 18 digits today; 64 leaves room.
 */
export const padSequencer = (sequencer: string): string => sequencer.toUpperCase().padEnd(64, "0");
