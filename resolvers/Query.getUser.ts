import { type Context, type DynamoDBGetItemRequest, util } from "@aws-appsync/utils";
import type { GetUserArguments } from "../domain/schema.ts";
import { ownOrAdmin } from "./shared/caller.ts";
import { internal, notFound } from "./shared/errors.ts";

export function request(ctx: Context<GetUserArguments>): DynamoDBGetItemRequest {
  if (!ownOrAdmin(ctx, ctx.args.id)) {
    notFound("User");
  }
  return {
    operation: "GetItem",
    key: util.dynamodb.toMapValues({ id: ctx.args.id }),
    consistentRead: true,
  };
}

export function response(ctx: Context): unknown {
  if (ctx.error) {
    internal();
  }
  const user = ctx.result as object | null;
  if (!user) {
    notFound("User");
  }
  return user;
}
