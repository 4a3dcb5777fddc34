import type { AssetEvent } from "../../packages/client/src/index.ts";

/** What subscribers were told of assets: where the users of a run learn what became of what they did. */
export class Told {
  private readonly events = new Map<string, AssetEvent[]>();
  private readonly waiting = new Map<string, Set<() => void>>();

  hear(event: AssetEvent): void {
    const { assetId } = event;
    this.events.set(assetId, [...this.of(assetId), event]);
    this.waiting.get(assetId)?.forEach((look) => look());
  }

  /** In order. */
  of(assetId: string): readonly AssetEvent[] {
    return this.events.get(assetId) ?? [];
  }

  /** Settles once what was told of an asset fulfils this. Rejects with the signal's reason. */
  until(
    assetId: string,
    holds: (events: readonly AssetEvent[]) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const looks = this.waiting.get(assetId) ?? new Set();
    const look = () => {
      if (holds(this.of(assetId))) {
        resolve(undefined);
      }
    };
    const abort = () => reject(signal.reason as Error);
    this.waiting.set(assetId, looks.add(look));
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) {
      abort();
    }
    look();
    return promise.finally(() => {
      looks.delete(look);
      signal.removeEventListener("abort", abort);
    });
  }
}

/** Nothing moves any more unless somebody asks for it. */
export const settled = (events: readonly AssetEvent[]): boolean => {
  const last = events.at(-1)?.asset;
  return (
    last !== undefined &&
    (last.state === "REJECTED" || ["DONE", "FAILED", "SKIPPED"].includes(last.labelStatus))
  );
};
