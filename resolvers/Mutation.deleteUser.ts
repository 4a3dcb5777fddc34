import { type Context, type DynamoDBDeleteItemRequest, util } from "@aws-appsync/utils";
import type { DeleteUserArguments } from "../domain/schema.ts";
import { ownOrAdmin } from "./shared/caller.ts";
import { conditionFailed, internal, notFound } from "./shared/errors.ts";

export function request(ctx: Context<DeleteUserArguments>): DynamoDBDeleteItemRequest {
  if (!ownOrAdmin(ctx, ctx.args.id)) {
    notFound("User");
  }
  return {
    operation: "DeleteItem",
    key: util.dynamodb.toMapValues({ id: ctx.args.id }),
    condition: { expression: "attribute_exists(id)" },
  };
}

/** If the condition fails because there is no item, AppSync gives a null result and no error. */
export function response(ctx: Context): unknown {
  if (ctx.error && !conditionFailed(ctx.error)) {
    internal();
  }
  return ctx.error || !ctx.result ? notFound("User") : (ctx.result as unknown);
}
