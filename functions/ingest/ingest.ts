import { type Asset, labelTransitions, parseObjectKey, stateId, transitions } from "../../domain/asset.ts";
import type { Assets, AssetWrite } from "../shared/assets.ts";
import { type StoredObject, type Verdict, verify } from "./verify.ts";

/** One record of an S3 event notification, parsed. */
export interface ObjectEvent {
  readonly kind: "created" | "removed";
  /** As it is in the bucket, not as it is encoded in the event. */
  readonly key: string;
  readonly sequencer: string;
}

export interface Ingesting {
  readonly assets: Assets;
  /** Undefined if there is no such object any more. */
  readonly read: (key: string) => Promise<StoredObject | undefined>;
}

/** What an event came to, for the log. */
export type Outcome = "received" | "rejected" | "removed" | "stale" | "foreign" | "gone" | "orphan";

/**
 * Brings an asset up to date with its object. S3 tells twice, late and out of order: the sequencer, kept with the
 * row, decides which event is news, and each write is conditional, so that repeating any of it changes nothing.
 */
export async function ingest(event: ObjectEvent, { assets, read }: Ingesting): Promise<Outcome> {
  const key = parseObjectKey(event.key);
  if (!key) {
    return "foreign";
  }
  const sequencer = padSequencer(event.sequencer);
  const news = "(attribute_not_exists(#sequencer) OR #sequencer < :sequencer)";
  if (event.kind === "removed") {
    return (await assets.remove(key, { when: `attribute_exists(#id) AND ${news}`, values: { sequencer } }))
      ? "removed"
      : "stale";
  }
  const asset = await assets.get(key);
  if (!asset) {
    return "orphan";
  }
  if (asset.sequencer !== undefined && asset.sequencer >= sequencer) {
    return "stale";
  }
  const object = await read(event.key);
  if (!object) {
    return "gone";
  }
  const verdict = verify(asset, object);
  const write = writeOf(asset, verdict, sequencer);
  if (!(await assets.update(key, { ...write, when: `${write.when} AND ${news}` }))) {
    return "stale";
  }
  return verdict.kind === "rejected" ? "rejected" : "received";
}

/**
 * A deleted asset stays deleted, but what came of its upload is kept for the day that it is restored:
 * the relay asks for labels then, not now.
 */
function writeOf(asset: Asset, verdict: Verdict, sequencer: string): AssetWrite {
  const { from, to } = verdict.kind === "rejected" ? transitions.reject : transitions.receive;
  const deleted = asset.state === transitions.remove.to;
  const state = deleted
    ? { formerState: to, formerStateId: stateId(to, asset.id) }
    : { state: to, stateId: stateId(to, asset.id) };
  return {
    set: { ...state, ...labelsOf(verdict), sequencer },
    when: deleted ? "#state = :deleted AND #formerState = :from" : "#state = :from",
    values: { from: from[0], ...(deleted && { deleted: transitions.remove.to }) },
  };
}

function labelsOf(verdict: Verdict): Partial<Asset> {
  switch (verdict.kind) {
    case "labellable":
      return { labelStatus: labelTransitions.queue.to };
    case "skipped":
      return { labelStatus: labelTransitions.skip.to, labelError: verdict.error };
    case "rejected":
      return { labelError: verdict.error };
  }
}

/**
 * Sequencers compare as strings once the shorter is padded with zeros on the right (S3 user guide, event message
 * structure). They are hexadecimal and at most 18 digits today; 64 leaves room.
 */
export const padSequencer = (sequencer: string): string => sequencer.toUpperCase().padEnd(64, "0");
