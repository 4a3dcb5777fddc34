import { type Context, type DynamoDBGetItemRequest, util } from "@aws-appsync/utils";
import { callerOf } from "./shared/caller.ts";
import { internal } from "./shared/errors.ts";

export function request(ctx: Context): DynamoDBGetItemRequest {
  return {
    operation: "GetItem",
    key: util.dynamodb.toMapValues({ id: callerOf(ctx) }),
    consistentRead: true,
  };
}

export function response(ctx: Context): unknown {
  return ctx.error ? internal() : (ctx.result as unknown);
}
