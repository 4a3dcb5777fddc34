import type { InfiniteData } from "@tanstack/react-query";
import type {
  Asset,
  AssetConnection,
  AssetLabelsArguments,
  AssetMatchConnection,
  ListAssetsArguments,
} from "../schema.ts";

export type AssetPages = InfiniteData<AssetConnection, string | null>;
export type MatchPages = InfiniteData<AssetMatchConnection, string | null>;

/** What an asset is now, given what a query has of it. Undefined if it is gone. */
export type Change = (cached: Asset | undefined) => Asset | undefined;

/** By the asset's id. */
export type Changes = ReadonlyMap<string, Change>;

/** The newer of two. Signed URLs stay, because events have none. */
export function newerOf(cached: Asset | undefined, other: Asset): Asset {
  if (!cached) {
    return other;
  }
  if (other.version < cached.version) {
    return cached;
  }
  const { thumbnailUrl, downloadUrl } = cached;
  return {
    ...cached,
    ...other,
    ...(thumbnailUrl !== undefined && { thumbnailUrl: other.thumbnailUrl ?? thumbnailUrl }),
    ...(downloadUrl !== undefined && { downloadUrl: other.downloadUrl ?? downloadUrl }),
  };
}

/** True if the list has such an asset. Deleted assets are listed only by their state. */
const belongs = ({ state }: Asset, list: ListAssetsArguments): boolean =>
  list.state ? state === list.state : state !== "DELETED";

/**
 * The pages of a list after changes: assets are replaced, removed, and added where the order has them. One that comes
 * after the last page that was read is left to the next page. Pages without a change stay the same objects.
 */
export function changeList(data: AssetPages, changes: Changes, list: ListAssetsArguments): AssetPages {
  const missing = new Map(changes);
  let pages = data.pages.map((page) => ({
    ...page,
    items: mapChanged(page.items, (cached) => {
      const change = changes.get(cached.id);
      missing.delete(cached.id);
      const asset = change ? change(cached) : cached;
      return asset && belongs(asset, list) ? asset : undefined;
    }),
  }));
  for (const change of missing.values()) {
    const asset = change(undefined);
    if (asset && belongs(asset, list)) {
      pages = insert(pages, asset, list);
    }
  }
  return withPages(data, pages);
}

function insert(
  pages: AssetConnection[],
  asset: Asset,
  { order = "NEWEST_FIRST" }: ListAssetsArguments,
): AssetConnection[] {
  const precedes = (other: Asset) => (order === "OLDEST_FIRST" ? asset.id < other.id : asset.id > other.id);
  const found = pages.findIndex(({ items }) => items.some(precedes));
  if (found === -1 && pages.at(-1)?.nextToken !== null) {
    return pages;
  }
  const place = found === -1 ? pages.length - 1 : found;
  return pages.map((page, index) => {
    if (index !== place) {
      return page;
    }
    const at = page.items.findIndex(precedes);
    const before = at === -1 ? page.items.length : at;
    return { ...page, items: page.items.toSpliced(before, 0, asset) };
  });
}

/** The pages of a search after changes: assets are replaced and removed. Which ones are found, only the API knows. */
export function changeMatches(data: MatchPages, changes: Changes): MatchPages {
  const pages = data.pages.map((page) => ({
    ...page,
    items: mapChanged(page.items, (match) => {
      const asset = changes.get(match.asset.id)?.(match.asset);
      if (!changes.has(match.asset.id) || asset === match.asset) {
        return match;
      }
      return asset && asset.state !== "DELETED" ? { ...match, asset } : undefined;
    }),
  }));
  return withPages(data, pages);
}

/** An event has all labels, and a query perhaps asked for the certain ones. */
export function withLabels(asset: Asset, labels: boolean | AssetLabelsArguments | undefined): Asset {
  const least = typeof labels === "object" ? labels.minConfidence : undefined;
  return least == null || !asset.labels
    ? asset
    : { ...asset, labels: asset.labels.filter(({ confidence }) => confidence >= least) };
}

/** The same array unless something changed. */
function mapChanged<Item extends object>(
  items: readonly Item[],
  run: (item: Item) => Item | undefined,
): readonly Item[] {
  const changed = items.map(run);
  return changed.every((item, index) => item === items[index])
    ? items
    : changed.filter((item) => item !== undefined);
}

/** The same data, and the same pages, where nothing changed. */
function withPages<Page extends { readonly items: readonly object[] }>(
  data: InfiniteData<Page, string | null>,
  changed: readonly Page[],
): InfiniteData<Page, string | null> {
  const pages = changed.map((page, index) => {
    const before = data.pages[index];
    return page.items === before?.items ? before : page;
  });
  return pages.every((page, index) => page === data.pages[index]) ? data : { ...data, pages };
}
