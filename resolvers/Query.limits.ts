import { type Context, type DynamoDBGetItemRequest, util } from "@aws-appsync/utils";
import { limitsFrom, limitsKey } from "./shared/account.ts";
import { internal } from "./shared/errors.ts";

export function request(): DynamoDBGetItemRequest {
  return { operation: "GetItem", key: util.dynamodb.toMapValues(limitsKey), consistentRead: true };
}

export function response(ctx: Context): unknown {
  return ctx.error ? internal() : limitsFrom(ctx.result as Record<string, unknown> | null);
}
