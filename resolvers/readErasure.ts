import { type Context, type DynamoDBGetItemRequest } from "@aws-appsync/utils";
import type { ErasureStash } from "./changeErasure.ts";
import { erasureKey } from "./shared/erasure.ts";
import { internal } from "./shared/errors.ts";

export function request(ctx: Context): DynamoDBGetItemRequest {
  const { userId } = ctx.stash as ErasureStash;
  return { operation: "GetItem", key: erasureKey(userId), consistentRead: true };
}

export function response(ctx: Context): unknown {
  return ctx.error ? internal() : (ctx.result as unknown);
}
