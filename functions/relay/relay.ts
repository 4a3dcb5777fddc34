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
  /** Publishes events of one owner, in order. */
  readonly publish: (events: readonly AssetEvent[]) => Promise<void>;
  /** How many events are published together, at most. */
  readonly maxTogether: number;
  /** False once too little of the function's time is left for another publication. */
  readonly hasTime: () => boolean;
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
    const [events] = await Promise.all([
      numbered(ownerId, changes, relaying.sequence),
      relaying.queueLabels(labelJobsOf(changes)),
      relaying.queueThumbnails(thumbnailJobsOf(changes)),
      relaying.queueIndexing(indexJobsOf(changes)),
    ]);
    const tell = teller(events, isErasing(erasure), relaying);
    const parts = partsOf(changes, events, relaying.maxTogether);
    for (let part = parts.shift(); part; part = parts.shift()) {
      current = part[0];
      if (!relaying.hasTime()) {
        // The stream repeats the changes that are left.
        return current?.position;
      }
      try {
        await tell(part);
      } catch (error) {
        if (part.length === 1) {
          throw error;
        }
        // One after another, so that those before the failure are not repeated again and again.
        parts.unshift(...part.map((change) => [change]));
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

type Events = ReadonlyMap<Change, AssetEvent>;

/** Changes in order, with at most `max` events in each part. */
function partsOf(changes: readonly Change[], events: Events, max: number): Change[][] {
  const parts: Change[][] = [];
  let room = 0;
  for (const change of changes) {
    const size = events.has(change) ? 1 : 0;
    const last = parts.at(-1);
    if (last && size <= room) {
      last.push(change);
      room -= size;
    } else {
      parts.push([change]);
      room = max - size;
    }
  }
  return parts;
}

/** Publishes the events of some changes, and queues their callbacks and purges. */
const teller =
  (events: Events, isQuiet: boolean, { publish, call, queuePurge }: Relaying) =>
  async (part: readonly Change[]): Promise<void> => {
    const theirs = part.flatMap((change) => events.get(change) ?? []);
    if (theirs.length > 0) {
      // An owner who is to be erased finds the events in the log, if the erasure is cancelled.
      await Promise.all([isQuiet ? undefined : publish(theirs), inOrder(theirs, call)]);
    }
    for (const { before, after } of part) {
      // After the callbacks of earlier changes were written: the purge removes them.
      if (after && asksForPurge(before, after)) {
        await queuePurge({ ownerId: after.ownerId, id: after.id });
      }
    }
  };

async function inOrder<One>(all: readonly One[], act: (one: One) => Promise<void>): Promise<void> {
  for (const one of all) {
    await act(one);
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
