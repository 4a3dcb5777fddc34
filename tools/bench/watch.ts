import { type Client, connectionFor } from "./client.ts";
import type { RemoteCloud } from "./cloud.ts";

/** After this number of milliseconds without an event, assets without labels count as lost. */
const patience = 60_000;

/** The events of one user's subscription. */
export interface Seen {
  /** When each LABELLED arrived, by asset. */
  readonly labelled: ReadonlyMap<string, readonly number[]>;
  /** Events that ended otherwise: rejected, or without labels. */
  readonly failed: ReadonlySet<string>;
  /** Number of events whose number does not follow the last one's. */
  readonly outOfOrder: () => number;
  /** Resolves when the asset is labelled or has failed, or when no event has arrived for a long time. */
  ended(id: string): Promise<void>;
  close(): Promise<unknown>;
}

interface Event {
  readonly seq: number;
  readonly type: string;
  readonly assetId: string;
}

/** Subscribes to all of the user's events. */
export async function watch({ ready }: RemoteCloud, { sub, token }: Client): Promise<Seen> {
  const labelled = new Map<string, number[]>();
  const failed = new Set<string>();
  const waiting = new Map<string, () => void>();
  let last = 0;
  let outOfOrder = 0;
  let lastEventAt = performance.now();
  const connection = await connectionFor(ready, token);
  const query =
    "subscription ($ownerId: ID!) { onAssetEvent(ownerId: $ownerId) { seq type assetId asset { labels { name } } } }";
  const onData = (data: unknown) => {
    const { seq, type, assetId } = (data as { onAssetEvent: Event }).onAssetEvent;
    lastEventAt = performance.now();
    outOfOrder += seq === last + 1 ? 0 : 1;
    last = seq;
    if (type === "LABELLED") {
      labelled.set(assetId, [...(labelled.get(assetId) ?? []), lastEventAt]);
    } else if (type === "REJECTED" || type === "LABEL_FAILED") {
      failed.add(assetId);
    } else {
      return;
    }
    waiting.get(assetId)?.();
  };
  await connection.subscribe({ query, variables: { ownerId: sub }, onData });
  const impatience = setInterval(() => {
    if (performance.now() - lastEventAt > patience) {
      for (const give of waiting.values()) {
        give();
      }
    }
  }, 1000);
  return {
    labelled,
    failed,
    outOfOrder: () => outOfOrder,
    async ended(id) {
      if (!labelled.has(id) && !failed.has(id)) {
        await new Promise<void>((resolve) => waiting.set(id, resolve));
        waiting.delete(id);
      }
    },
    close() {
      clearInterval(impatience);
      return connection.close();
    },
  };
}
