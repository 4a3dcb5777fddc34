import type { Endpoint } from "../api.ts";
import { followAssetEvents } from "../follow.ts";
import type { AssetEvent } from "../schema.ts";
import type { AssetCache } from "./cache.ts";

export interface LiveState {
  /** `connecting` until the first connection, `lost` while a lost one is made again, `failed` if the API refuses. */
  readonly status: "off" | "connecting" | "live" | "lost" | "failed";
  /** Why it failed. */
  readonly error: unknown;
}

/** Milliseconds in which events are collected, so that a burst of them is shown at once. */
const collecting = 30;

/** Milliseconds after which lists and searches have what an event says. */
const settling = 3_000;

/** Brings an owner's events into the cache, and to those who listen. */
export class Live {
  private readonly endpoint: Endpoint;
  private readonly ownerId: string;
  private readonly cache: AssetCache;
  private readonly watchers = new Set<() => void>();
  private readonly listeners = new Set<(event: AssetEvent) => void>();
  private current: LiveState = { status: "off", error: undefined };

  constructor(endpoint: Endpoint, ownerId: string, cache: AssetCache) {
    this.endpoint = endpoint;
    this.ownerId = ownerId;
    this.cache = cache;
  }

  readonly state = (): LiveState => this.current;

  /** Watches the state. Returns a function that ends it. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  /** Returns a function that ends it. */
  readonly listen = (listener: (event: AssetEvent) => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Returns a function that stops. */
  start(): () => void {
    const end = new AbortController();
    this.set("connecting");
    this.follow(end.signal).catch((error: unknown) => {
      if (!end.signal.aborted) {
        this.set("failed", error);
      }
    });
    return () => {
      end.abort();
      this.set("off");
    };
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const arrived = new Collector<AssetEvent>(collecting, (events) => this.take(events));
    const searchable = new Collector<AssetEvent>(settling, () => void this.cache.refresh({ all: false }));
    let again: ReturnType<typeof setTimeout> | undefined;
    const events = followAssetEvents({
      ...this.endpoint,
      ownerId: this.ownerId,
      signal,
      onConnected: () => {
        this.set("live");
        // Lists may have been read before following began, and may lack what happened just before. No later event is missed.
        if (again === undefined) {
          void this.cache.refresh({ all: true, forget: true });
          again = setTimeout(() => void this.cache.refresh({ all: true }), settling);
        }
      },
      onDisconnected: () => !signal.aborted && this.set("lost"),
      onReset: () => void this.cache.refresh({ all: true, forget: true }),
    });
    try {
      for await (const event of events) {
        arrived.add(event);
        if (changesSearch(event)) {
          searchable.add(event);
        }
      }
    } finally {
      clearTimeout(again);
      arrived.stop();
      searchable.stop();
    }
  }

  private take(events: readonly AssetEvent[]): void {
    this.cache.put(...events.filter(({ type }) => type !== "PURGED").map(({ asset }) => asset));
    for (const { type, assetId } of events) {
      if (type === "PURGED") {
        this.cache.remove(assetId);
      }
    }
    for (const event of events) {
      for (const listener of [...this.listeners]) {
        listener(event);
      }
    }
  }

  private set(status: LiveState["status"], error?: unknown): void {
    this.current = { status, error };
    for (const watcher of [...this.watchers]) {
      watcher();
    }
  }
}

const changesSearch = ({ type, edited }: AssetEvent): boolean =>
  edited === true || ["LABELLED", "DELETED", "RESTORED", "PURGED"].includes(type);

/** Calls with what was added within a time. */
class Collector<Item> {
  private readonly milliseconds: number;
  private readonly take: (items: readonly Item[]) => void;
  private items: Item[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number, take: (items: readonly Item[]) => void) {
    this.milliseconds = milliseconds;
    this.take = take;
  }

  add(item: Item): void {
    this.items.push(item);
    this.timer ??= setTimeout(() => {
      const { items } = this;
      this.stop();
      this.take(items);
    }, this.milliseconds);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.items = [];
  }
}

/** Resolves when an event reports the upload as received or rejected, or after a time. */
export function verdict(
  live: Live,
  assetId: string,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      ignore();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    const ignore = live.listen((event) => {
      if (event.assetId === assetId && event.asset.state !== "CREATED") {
        end();
      }
    });
    signal.addEventListener("abort", end, { once: true });
  });
}
