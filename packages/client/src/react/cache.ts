import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";
import type { Asset, AssetInclude, GetAssetArguments } from "../schema.ts";
import { type DarkroomKey, isDarkroomKey } from "./keys.ts";
import {
  type AssetPages,
  type Change,
  changeList,
  changeMatches,
  type Changes,
  type MatchPages,
  newerOf,
  withLabels,
} from "./pages.ts";

/** A change that the API has not confirmed. Undefined removes the asset. */
export type Patch = (asset: Asset) => Asset | undefined;

interface Known {
  /** As the API last reported it. */
  asset?: Asset | undefined;
  gone?: boolean;
  readonly patches: Set<Patch>;
}

/** Assets of which the latest news are kept, for answers that were read before the news. */
const maxKnown = 2_000;

/**
 * Keeps what TanStack Query has of a user's assets the same everywhere: news from events and answers, and changes that
 * the API has not confirmed, are in all lists, searches and single assets. Older news never replace newer ones.
 */
export class AssetCache {
  private readonly queryClient: QueryClient;
  private readonly ownerId: string;
  private readonly known = new Map<string, Known>();

  constructor(queryClient: QueryClient, ownerId: string) {
    this.queryClient = queryClient;
    this.ownerId = ownerId;
  }

  /** Applies the news to each answer that arrives, as it may have been read before. Returns a function that ends it. */
  start(): () => void {
    return this.queryClient.getQueryCache().subscribe(({ type, query, ...event }) => {
      const { action } = event as { action?: { type: string; manual?: boolean } };
      if (type === "updated" && action?.type === "success" && !action.manual && this.known.size > 0) {
        this.showIn(query as Query, this.changes(this.known.keys()));
      }
    });
  }

  /** Takes what the API reports of assets. */
  put(...assets: readonly Asset[]): void {
    for (const asset of assets) {
      const known = this.remember(asset.id);
      known.asset = newerOf(known.asset, asset);
    }
    this.show(assets.map(({ id }) => id));
  }

  /** True if news say that the upload was received or rejected. */
  isReceived(id: string): boolean {
    const { asset, gone } = this.known.get(id) ?? {};
    return gone === true || (asset !== undefined && asset.state !== "CREATED");
  }

  /** The asset is gone for good. */
  remove(id: string): void {
    this.remember(id).gone = true;
    this.show([id]);
  }

  /** Shows a change before the API confirms it. Returns a function that ends that: then only the API's word counts. */
  expect(id: string, patch: Patch): () => void {
    const known = this.remember(id);
    const { patches } = known;
    if (patches.size === 0) {
      // Queries may have different fields of it. All are needed if the API refuses.
      for (const copy of this.copies(id)) {
        known.asset = newerOf(known.asset, copy);
      }
    }
    patches.add(patch);
    this.show([id]);
    return () => {
      patches.delete(patch);
      this.show([id]);
    };
  }

  /**
   * Reads everything again. Without `all`: what the assets' labels decide. `forget`: events were missed, so answers may be
   * newer than the news that are kept.
   */
  async refresh({
    all,
    forget = false,
  }: {
    readonly all: boolean;
    readonly forget?: boolean;
  }): Promise<void> {
    const names = all ? liveOperations : searchOperations;
    if (forget) {
      for (const [id] of [...this.known].filter(([, { patches }]) => patches.size === 0)) {
        this.known.delete(id);
      }
    }
    await this.queryClient.invalidateQueries({
      predicate: ({ queryKey }) => this.concerns(queryKey) && names.includes(queryKey[2]),
    });
  }

  private concerns(key: QueryKey): key is DarkroomKey {
    return isDarkroomKey(key) && key[1] === this.ownerId && (key[3].ownerId ?? this.ownerId) === this.ownerId;
  }

  private remember(id: string): Known {
    const known = this.known.get(id) ?? { patches: new Set() };
    // The latest are at the end.
    this.known.delete(id);
    this.known.set(id, known);
    for (const [old, { patches }] of this.known) {
      if (this.known.size <= maxKnown) {
        break;
      }
      if (patches.size === 0) {
        this.known.delete(old);
      }
    }
    return known;
  }

  private changes(ids: Iterable<string>): Changes {
    return new Map(Array.from(ids, (id) => [id, this.changeOf(id)]));
  }

  private changeOf(id: string): Change {
    return (cached) => {
      const known = this.known.get(id);
      if (!known || known.gone) {
        return known ? undefined : cached;
      }
      // What a query has may be newer than the news.
      const reported = known.asset ? newerOf(cached, known.asset) : cached;
      if (known.asset && reported && reported.version > known.asset.version) {
        known.asset = newerOf(known.asset, reported);
      }
      return [...known.patches].reduce<Asset | undefined>((asset, patch) => asset && patch(asset), reported);
    };
  }

  private queries(): Query[] {
    return this.queryClient.getQueryCache().findAll({ queryKey: ["darkroom", this.ownerId] });
  }

  private copies(id: string): Asset[] {
    const copies: Asset[] = [];
    const collect = (cached: Asset | undefined) => {
      copies.push(...(cached ? [cached] : []));
      return cached;
    };
    for (const { queryKey, state } of this.queries()) {
      if (this.concerns(queryKey) && state.data !== undefined) {
        changed(queryKey, state.data, new Map([[id, collect]]));
      }
    }
    return copies;
  }

  private show(ids: readonly string[]): void {
    const changes = this.changes(ids);
    for (const query of this.queries()) {
      this.showIn(query, changes);
    }
  }

  private showIn({ queryKey, state }: Query, changes: Changes): void {
    if (!this.concerns(queryKey) || state.data === undefined) {
      return;
    }
    const data = changed(queryKey, state.data, changes);
    if (data !== state.data) {
      this.queryClient.setQueryData(queryKey, data, { updatedAt: state.dataUpdatedAt });
    }
  }
}

const searchOperations = ["searchAssets", "listLabels"];
const liveOperations = [...searchOperations, "listAssets", "getAsset"];

/** The same data if nothing changed. */
function changed([, , name, variables, include]: DarkroomKey, data: unknown, changes: Changes): unknown {
  const { labels } = include as AssetInclude;
  const shown = new Map(
    Array.from(changes, ([id, change]): [string, Change] => [
      id,
      (cached) => {
        const asset = change(cached);
        return asset === cached || !asset ? asset : withLabels(asset, labels);
      },
    ]),
  );
  switch (name) {
    case "listAssets":
      return changeList(data as AssetPages, shown, variables);
    case "searchAssets":
      return changeMatches(data as MatchPages, shown);
    case "getAsset": {
      const change = shown.get((variables as GetAssetArguments).id);
      return change ? (change((data as Asset | null) ?? undefined) ?? null) : data;
    }
    default:
      return data;
  }
}
