import type { Context, LambdaRequest } from "@aws-appsync/utils";
import type { Asset } from "../../domain/asset.ts";
import { maxDownloadSeconds } from "../../domain/limits.ts";
import type { DownloadRequest } from "../../domain/messages.ts";
import type { ThumbnailSize } from "../../domain/schema.ts";
import { internal, invalid } from "./errors.ts";

/**
 * Asks for the URL of an object, or of its rendition of a size. The source can be the snapshot of an event, which is
 * older than the asset. So the function that signs reads the rows of the batch itself.
 */
export function askForUrl(
  ctx: Context<{ ttlSeconds?: number | null }>,
  rendition: { size?: ThumbnailSize },
): LambdaRequest {
  const ttlSeconds = ctx.args.ttlSeconds ?? 900;
  if (ttlSeconds < 1 || ttlSeconds > maxDownloadSeconds) {
    invalid(`ttlSeconds: must be 1 to ${maxDownloadSeconds}`);
  }
  const { ownerId, id } = ctx.source as Asset;
  const payload = { sign: "download", ownerId, id, ...rendition, ttlSeconds } satisfies DownloadRequest;
  return { operation: "BatchInvoke", payload };
}

export function signedUrl(ctx: Context): unknown {
  const signed = ctx.result as { data: { url: string } | null } | null;
  if (ctx.error || !signed) {
    return internal();
  }
  return signed.data ? signed.data.url : null;
}
