import type { Context, LambdaRequest } from "@aws-appsync/utils";
import type { AssetThumbnailUrlArguments } from "../domain/schema.ts";
import { askForUrl, signedUrl } from "./shared/download.ts";

export function request(ctx: Context<AssetThumbnailUrlArguments>): LambdaRequest {
  return askForUrl(ctx, { size: ctx.args.size ?? "SMALL" });
}

export function response(ctx: Context): unknown {
  return signedUrl(ctx);
}
