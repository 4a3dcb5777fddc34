import { type Context, type DynamoDBGetItemRequest, runtime, util } from "@aws-appsync/utils";
import type { CreateStash } from "./Mutation.createAsset.ts";
import type { ChangeStash } from "./shared/change.ts";
import { internal } from "./shared/errors.ts";
import { renewal } from "./shared/upload.ts";
import { previous } from "./shared/previous.ts";

/** For a clientToken that was already used: finds its asset. The next functions renew the upload. */
export function request(ctx: Context): DynamoDBGetItemRequest {
  const { asset, clientToken, replay } = ctx.stash as CreateStash;
  if (!replay) {
    return runtime.earlyReturn(previous(ctx));
  }
  return {
    operation: "GetItem",
    key: util.dynamodb.toMapValues({ ownerId: asset.ownerId, clientToken }),
    consistentRead: true,
  };
}

export function response(ctx: Context): unknown {
  const token = ctx.result as { assetId: string; fingerprint: string } | null;
  if (ctx.error || !token) {
    return internal();
  }
  if (token.fingerprint !== (ctx.stash as CreateStash).fingerprint) {
    util.error("clientToken: was used with other input", "Conflict");
  }
  (ctx.stash as ChangeStash).change = {
    ...renewal(token.assetId),
    settled: ["RECEIVED", "UPLOADED", "REJECTED", "EXPIRED"],
    refusal: "createAsset needs an asset that is not deleted",
  };
  return null;
}
