import { type Context, type DynamoDBQueryRequest, util } from "@aws-appsync/utils";
import { type AssetEvent, eventId } from "../domain/event.ts";
import type { ListAssetEventsArguments } from "../domain/schema.ts";
import { ownerOf } from "./shared/caller.ts";
import { internal, invalid } from "./shared/errors.ts";
import { type Page, pageSize } from "./shared/page.ts";

/** Reads the owner's log after a number. The log has no gaps, so it needs no cursor. */
export function request(ctx: Context<ListAssetEventsArguments>): DynamoDBQueryRequest {
  const ownerId = ownerOf(ctx);
  const after = ctx.args.after ?? 0;
  if (after < 0) {
    invalid("after: must be 0 or the seq of an event");
  }
  return {
    operation: "Query",
    query: {
      expression: "ownerId = :owner AND id BETWEEN :first AND :last",
      expressionValues: util.dynamodb.toMapValues({
        ":owner": ownerId,
        ":first": eventId(after + 1),
        ":last": "event#:",
      }),
    },
    limit: pageSize(ctx.args, 50),
    consistentRead: true,
  };
}

export function response(ctx: Context<ListAssetEventsArguments>): {
  items: AssetEvent[];
  nextAfter: number | null;
} {
  if (ctx.error) {
    return internal();
  }
  const { items, nextToken } = ctx.result as Page<AssetEvent>;
  return { items, nextAfter: nextToken ? (items[items.length - 1]?.seq ?? null) : null };
}
