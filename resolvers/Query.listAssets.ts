import { type Context, type DynamoDBQueryRequest, util } from "@aws-appsync/utils";
import type { Asset } from "../domain/asset.ts";
import type { ListAssetsArguments } from "../domain/schema.ts";
import { ownerOf } from "./shared/caller.ts";
import { failedPage, type Page, pageSize } from "./shared/page.ts";

/**
 * Reads one of two indexes: `live` has the assets that are not deleted, `byState` has all assets by state. A page is
 * always full, and its cost does not depend on the number of deleted assets.
 */
export function request(ctx: Context<ListAssetsArguments>): DynamoDBQueryRequest {
  const { state, order, nextToken } = ctx.args;
  const byState = {
    expression: "ownerId = :owner AND begins_with(stateId, :state)",
    expressionValues: util.dynamodb.toMapValues({ ":owner": ownerOf(ctx), ":state": `${state}#` }),
  };
  const live = {
    expression: "ownerId = :owner",
    expressionValues: util.dynamodb.toMapValues({ ":owner": ownerOf(ctx) }),
  };
  return {
    operation: "Query",
    index: state ? "byState" : "live",
    query: state ? byState : live,
    scanIndexForward: order === "OLDEST_FIRST",
    limit: pageSize(ctx.args, 20),
    ...(nextToken ? { nextToken } : {}),
  };
}

export function response(ctx: Context<ListAssetsArguments>): Page<Asset> {
  if (ctx.error) {
    return failedPage(ctx.args, ctx.error);
  }
  const page = ctx.result as Page<Asset>;
  const owner = ownerOf(ctx);
  // AppSync and DynamoDB refuse the cursor of another list. This check does not depend on them.
  if (page.items.some((asset) => asset.ownerId !== owner)) {
    return failedPage(ctx.args);
  }
  return { items: page.items, nextToken: page.nextToken ?? null };
}
