import type { Context, LambdaRequest } from "@aws-appsync/utils";
import type { Asset } from "../domain/asset.ts";
import type { UploadRequest } from "../domain/messages.ts";
import { internal } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

/** Signs the upload of the asset that the previous function reserved or renewed. */
export function request(ctx: Context): LambdaRequest {
  const { ownerId, id, contentType, contentLength, sha256 } = previous(ctx) as Asset;
  const checksum = sha256 ? { sha256 } : {};
  const payload = {
    sign: "upload",
    ownerId,
    id,
    contentType,
    contentLength,
    ...checksum,
  } satisfies UploadRequest;
  return { operation: "Invoke", payload };
}

export function response(ctx: Context): unknown {
  if (ctx.error) {
    internal();
  }
  return { asset: previous(ctx) as Asset, upload: ctx.result as unknown };
}
