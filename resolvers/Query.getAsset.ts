import { type Context, type DynamoDBGetItemRequest, util } from "@aws-appsync/utils";
import { type Asset, isUlid } from "../domain/asset.ts";
import type { GetAssetArguments } from "../domain/schema.ts";
import { callerOf, ownOrAdmin } from "./shared/caller.ts";
import { internal, notFound } from "./shared/errors.ts";

/** The owner is part of the key, so another user's asset is not found. */
export function request(ctx: Context<GetAssetArguments>): DynamoDBGetItemRequest {
  const { id } = ctx.args;
  const ownerId = ctx.args.ownerId ?? callerOf(ctx);
  if (!isUlid(id) || !ownOrAdmin(ctx, ownerId)) {
    return notFound("Asset");
  }
  return {
    operation: "GetItem",
    key: util.dynamodb.toMapValues({ ownerId, id }),
    consistentRead: true,
  };
}

export function response(ctx: Context): Asset {
  const asset = ctx.result as Asset | null;
  if (ctx.error) {
    return internal();
  }
  return !asset || asset.state === "DELETED" ? notFound("Asset") : asset;
}
