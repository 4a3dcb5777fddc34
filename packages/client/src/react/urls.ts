import { useQuery } from "@tanstack/react-query";
import type { Asset, ThumbnailSize } from "../schema.ts";
import { keyOf } from "./keys.ts";
import { useDarkroom } from "./provider.ts";

export interface UrlOptions {
  /** Validity, 60 to 3600. Default 3600, so that the browser's cache serves the same URL for long. */
  readonly ttlSeconds?: number;
  /** False: no URL is read, such as for what is out of view. */
  readonly enabled?: boolean;
}

/** Seconds before the end of a URL at which it is read again. */
const margin = 30;

/** The URL of a thumbnail, which is read again before it expires. Undefined while there is none. */
export function useThumbnail(
  asset: Asset | null | undefined,
  { size = "SMALL", ttlSeconds = 3_600, enabled = true }: UrlOptions & { readonly size?: ThumbnailSize } = {},
): string | undefined {
  // The size of the picture is known once its thumbnails are made.
  const exists = asset != null && isStored(asset) && asset.width !== null;
  return useUrl(
    asset,
    `thumbnailUrl(size: ${size}, ttlSeconds: ${ttlSeconds})`,
    ttlSeconds,
    exists && enabled,
  );
}

/** The URL of the object itself, which is read again before it expires. Undefined while there is none. */
export function useDownload(
  asset: Asset | null | undefined,
  { ttlSeconds = 3_600, enabled = true }: UrlOptions = {},
): string | undefined {
  const exists = asset != null && isStored(asset);
  return useUrl(asset, `downloadUrl(ttlSeconds: ${ttlSeconds})`, ttlSeconds, exists && enabled);
}

function useUrl(
  asset: Asset | null | undefined,
  field: string,
  ttlSeconds: number,
  enabled: boolean,
): string | undefined {
  const { ownerId: viewer, urls } = useDarkroom();
  const { id = "", ownerId = viewer } = asset ?? {};
  const fresh = (ttlSeconds - margin) * 1_000;
  const { data, dataUpdatedAt } = useQuery({
    queryKey: keyOf(viewer, "url", { id, ownerId, field }, {}),
    queryFn: () => urls.load({ id, ownerId, field }),
    ...{ enabled, staleTime: fresh, refetchInterval: fresh, gcTime: fresh },
  });
  // A component that is shown again may find a URL that has expired meanwhile.
  return enabled && data && Date.now() - dataUpdatedAt < ttlSeconds * 1_000 ? data : undefined;
}

const isStored = ({ state }: Asset): boolean => state === "RECEIVED" || state === "UPLOADED";
