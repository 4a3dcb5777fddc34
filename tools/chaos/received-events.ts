import type { AssetEvent } from "../../packages/client/src/index.ts";

/** The events that owners received, by asset. The users of a run wait here for the effects of their actions. */
export class ReceivedEvents {
  private readonly events = new Map<string, AssetEvent[]>();
  private readonly waiting = new Map<string, Set<() => void>>();

  add(event: AssetEvent): void {
    const { assetId } = event;
    this.events.set(assetId, [...this.of(assetId), event]);
    this.waiting.get(assetId)?.forEach((look) => look());
  }

  /** By asset, in order. */
  all(): (readonly AssetEvent[])[] {
    return [...this.events.values()];
  }

  /** In order. */
  of(assetId: string): readonly AssetEvent[] {
    return this.events.get(assetId) ?? [];
  }

  /** Resolves once this holds for the received events of an asset. Rejects with the signal's reason. */
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

/** True if the asset changes no more unless somebody changes it. */
export const settled = (events: readonly AssetEvent[]): boolean => {
  const last = events.at(-1)?.asset;
  return (
    last !== undefined &&
    (last.state === "REJECTED" || ["DONE", "FAILED", "SKIPPED"].includes(last.labelStatus))
  );
};
