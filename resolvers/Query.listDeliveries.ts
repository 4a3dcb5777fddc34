import { type Context, type DynamoDBQueryRequest, runtime, util } from "@aws-appsync/utils";
import { isUlid } from "../domain/asset.ts";
import { deliveriesOf, type Delivery } from "../domain/callback.ts";
import type { ListDeliveriesArguments } from "../domain/schema.ts";
import { ownerOf } from "./shared/caller.ts";
import { deliveryView } from "./shared/delivery.ts";
import { failedPage, type Page, pageSize } from "./shared/page.ts";

/** Lists the deliveries of one asset. The list is empty for a missing asset and for another user's asset. */
export function request(ctx: Context<ListDeliveriesArguments>): DynamoDBQueryRequest {
  const { assetId, nextToken } = ctx.args;
  const ownerId = ownerOf(ctx);
  if (!isUlid(assetId)) {
    return runtime.earlyReturn({ items: [], nextToken: null });
  }
  return {
    operation: "Query",
    query: {
      expression: "ownerId = :owner AND begins_with(id, :deliveries)",
      expressionValues: util.dynamodb.toMapValues({
        ":owner": ownerId,
        ":deliveries": deliveriesOf(assetId),
      }),
    },
    limit: pageSize(ctx.args, 20),
    consistentRead: true,
    ...(nextToken ? { nextToken } : {}),
  };
}

export function response(ctx: Context<ListDeliveriesArguments>): Page<unknown> {
  if (ctx.error) {
    return failedPage(ctx.args, ctx.error);
  }
  const page = ctx.result as Page<Delivery>;
  // The cursor of another list must not show that list.
  if (page.items.some(({ assetId }) => assetId !== ctx.args.assetId)) {
    return failedPage(ctx.args);
  }
  return { items: page.items.map((delivery) => deliveryView(delivery)), nextToken: page.nextToken ?? null };
}
