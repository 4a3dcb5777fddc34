import type { Asset } from "../../domain/asset.ts";
import { type AssetEvent, asksForLabels, asksForPurge, eventOf, snapshot } from "../../domain/event.ts";
import { type ErasureRow, isErased, isErasing } from "../../domain/erasure.ts";
import { changesTerms } from "../../domain/labels.ts";
import type { IndexJob, LabelJob, PurgeJob, ThumbnailJob } from "../../domain/messages.ts";
import { asksForRenditions } from "../../domain/renditions.ts";
import type { Sequence, UnnumberedEvent } from "./sequence.ts";

/** One record of the assets table's stream, parsed. */
export interface Change {
  /** Position in the stream, which identifies the record in a partial failure. */
  readonly position: string;
  readonly before?: Asset | undefined;
  readonly after?: Asset | undefined;
  /** Time of the removal of a row. Other changes have their own time. */
  readonly at: string;
}

export interface Relaying {
  readonly erasure: (ownerId: string) => Promise<Pick<ErasureRow, "status"> | undefined>;
  readonly sequence: Sequence;
  readonly publish: (event: AssetEvent) => Promise<void>;
  readonly queueLabels: (jobs: readonly LabelJob[]) => Promise<void>;
  readonly queueThumbnails: (jobs: readonly ThumbnailJob[]) => Promise<void>;
  readonly queueIndexing: (jobs: readonly IndexJob[]) => Promise<void>;
  readonly queuePurge: (job: PurgeJob) => Promise<void>;
  readonly call: (event: AssetEvent) => Promise<void>;
  readonly failed: (change: Change, error: unknown) => void;
}

/**
 * Publishes changes, queues jobs and callbacks. Every side effect starts from the stream, so a crash after a write
 * loses nothing. Each step may be repeated. Returns the positions of failed changes: an owner's changes are published in
 * order, so the first failure holds back the later ones.
 */
export async function relay(changes: readonly Change[], relaying: Relaying): Promise<string[]> {
  const owners = Map.groupBy(changes, ({ before, after }) => (after ?? before)?.ownerId ?? "");
  const failures = await Promise.all(
    [...owners].map(([ownerId, theirs]) => relayOwner(ownerId, theirs, relaying)),
  );
  return failures.filter((position) => position !== undefined);
}

async function relayOwner(
  ownerId: string,
  changes: readonly Change[],
  relaying: Relaying,
): Promise<string | undefined> {
  let current = changes[0];
  try {
    const erasure = await relaying.erasure(ownerId);
    if (isErased(erasure)) {
      return undefined;
    }
    await relaying.queueLabels(labelJobsOf(changes));
    await relaying.queueThumbnails(thumbnailJobsOf(changes));
    await relaying.queueIndexing(indexJobsOf(changes));
    const events = await numbered(ownerId, changes, relaying.sequence);
    for (const change of changes) {
      current = change;
      const event = events.get(change);
      if (event) {
        // An owner who is to be erased finds the event in the log, if the erasure is cancelled.
        await Promise.all([isErasing(erasure) ? undefined : relaying.publish(event), relaying.call(event)]);
      }
      // After the callbacks of earlier changes were written: the purge removes them.
      if (change.after && asksForPurge(change.before, change.after)) {
        await relaying.queuePurge({ ownerId, id: change.after.id });
      }
    }
    return undefined;
  } catch (error) {
    if (!current) {
      return undefined;
    }
    relaying.failed(current, error);
    return current.position;
  }
}

async function numbered(
  ownerId: string,
  changes: readonly Change[],
  sequence: Sequence,
): Promise<Map<Change, AssetEvent>> {
  const published = changes.flatMap((change) => {
    const event = unnumbered(change);
    return event ? [{ change, event }] : [];
  });
  const events =
    published.length > 0
      ? await sequence(
          ownerId,
          published.map(({ event }) => event),
        )
      : [];
  return new Map(published.flatMap(({ change }, index) => (events[index] ? [[change, events[index]]] : [])));
}

function unnumbered({ before, after, at }: Change): UnnumberedEvent | undefined {
  const event = eventOf(before, after);
  const asset = after ?? before;
  if (!event || !asset) {
    return undefined;
  }
  return {
    ...event,
    ownerId: asset.ownerId,
    assetId: asset.id,
    at: after ? after.updatedAt : at,
    asset: snapshot(asset),
  };
}

const labelJobsOf = (changes: readonly Change[]): LabelJob[] =>
  changes.flatMap(({ before, after }) =>
    after && asksForLabels(before, after)
      ? [{ ownerId: after.ownerId, id: after.id, run: after.labelRun }]
      : [],
  );

const thumbnailJobsOf = (changes: readonly Change[]): ThumbnailJob[] =>
  changes.flatMap(({ before, after }) =>
    after && asksForRenditions(before, after) ? [{ ownerId: after.ownerId, id: after.id }] : [],
  );

const indexJobsOf = (changes: readonly Change[]): IndexJob[] =>
  changes.flatMap(({ before, after }) => {
    const asset = after ?? before;
    return asset && changesTerms(before, after)
      ? [{ ownerId: asset.ownerId, id: asset.id, cause: after ? `version ${after.version}` : "removal" }]
      : [];
  });
