import { type Context, type DynamoDBQueryRequest, util } from "@aws-appsync/utils";
import { type Receiver, receiverPrefix } from "../domain/callback.ts";
import { maxPage } from "../domain/limits.ts";
import { internal } from "./shared/errors.ts";
import type { Page } from "./shared/page.ts";

/** The user and admins may read it, like the user itself. Only receivers that have failed have a row. */
export function request(ctx: Context): DynamoDBQueryRequest {
  const user = ctx.source as { id: string };
  return {
    operation: "Query",
    query: {
      expression: "ownerId = :owner AND begins_with(id, :receivers)",
      expressionValues: util.dynamodb.toMapValues({ ":owner": user.id, ":receivers": receiverPrefix }),
    },
    filter: { expression: "attribute_exists(failure)" },
    limit: maxPage,
  };
}

export function response(ctx: Context): unknown {
  if (ctx.error) {
    return internal();
  }
  return (ctx.result as Page<Receiver>).items.map(({ url, gone, failure }) => ({
    url,
    gone,
    at: failure?.at,
    deliveryId: failure?.messageId,
    assetId: failure?.assetId,
  }));
}
