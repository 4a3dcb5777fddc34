import { type Context, type DynamoDBDeleteItemRequest, util } from "@aws-appsync/utils";
import { ownOrAdmin } from "./shared/caller.ts";
import { conditionFailed, internal, notFound } from "./shared/errors.ts";

export function request(ctx: Context<{ id: string }>): DynamoDBDeleteItemRequest {
  if (!ownOrAdmin(ctx, ctx.args.id)) {
    notFound("User");
  }
  return {
    operation: "DeleteItem",
    key: util.dynamodb.toMapValues({ id: ctx.args.id }),
    condition: { expression: "attribute_exists(id)" },
  };
}

export function response(ctx: Context): unknown {
  if (conditionFailed(ctx.error)) {
    notFound("User");
  }
  return ctx.error ? internal() : (ctx.result as unknown);
}
