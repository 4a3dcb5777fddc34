import { type Context, type LambdaRequest, runtime } from "@aws-appsync/utils";
import { type Asset, stored } from "../domain/asset.ts";
import { maxDownloadSeconds } from "../domain/limits.ts";
import { internal, invalid } from "./shared/errors.ts";

export function request(ctx: Context<{ ttlSeconds?: number | null }>): LambdaRequest {
  const ttlSeconds = ctx.args.ttlSeconds ?? 900;
  if (ttlSeconds < 1 || ttlSeconds > maxDownloadSeconds) {
    invalid(`ttlSeconds: must be 1 to ${maxDownloadSeconds}`);
  }
  const { ownerId, id, contentType, filename, state } = ctx.source as Asset;
  if (!stored.some((one) => one === state)) {
    return runtime.earlyReturn(null);
  }
  return {
    operation: "BatchInvoke",
    payload: { sign: "download", ownerId, id, contentType, filename, ttlSeconds },
  };
}

export function response(ctx: Context): unknown {
  const signed = ctx.result as { data?: { url: string } | null } | null;
  if (ctx.error || !signed?.data) {
    return internal();
  }
  return signed.data.url;
}
