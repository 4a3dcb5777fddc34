import type { Context, LambdaRequest } from "@aws-appsync/utils";
import type { AssetDownloadUrlArguments } from "../domain/schema.ts";
import { askForUrl, signedUrl } from "./shared/download.ts";

export function request(ctx: Context<AssetDownloadUrlArguments>): LambdaRequest {
  return askForUrl(ctx, {});
}

export function response(ctx: Context): unknown {
  return signedUrl(ctx);
}
