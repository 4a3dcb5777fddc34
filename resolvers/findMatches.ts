import { type Context, type DynamoDBQueryRequest, util } from "@aws-appsync/utils";
import { matchesFrom, matchesUntil } from "../domain/labels.ts";
import type { SearchAssetsArguments } from "../domain/schema.ts";
import type { SearchStash } from "./Query.searchAssets.ts";
import { failedPage, type Page } from "./shared/page.ts";

/** A row of the label index: an asset that shows a label. */
export interface Match {
  ownerId: string;
  assetId: string;
}

/** Reads a page of the label index, highest confidence first. */
export function request(ctx: Context<SearchAssetsArguments>): DynamoDBQueryRequest {
  const { ownerId, label, minConfidence, limit } = ctx.stash as SearchStash;
  const { nextToken } = ctx.args;
  return {
    operation: "Query",
    query: {
      expression: "ownerId = :owner AND id BETWEEN :from AND :until",
      expressionValues: util.dynamodb.toMapValues({
        ":owner": ownerId,
        ":from": matchesFrom(label, minConfidence),
        ":until": matchesUntil(label),
      }),
    },
    scanIndexForward: false,
    limit,
    ...(nextToken ? { nextToken } : {}),
  };
}

export function response(ctx: Context<SearchAssetsArguments>): Match[] {
  if (ctx.error) {
    return failedPage(ctx.args, ctx.error);
  }
  const page = ctx.result as Page<Match>;
  const stash = ctx.stash as SearchStash;
  // The last line behind AppSync's and DynamoDB's own checks of cursors.
  if (page.items.some(({ ownerId }) => ownerId !== stash.ownerId)) {
    return failedPage(ctx.args);
  }
  stash.nextToken = page.nextToken ?? null;
  return page.items;
}
