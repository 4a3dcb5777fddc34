import { type Context, type DynamoDBGetItemRequest, runtime, util } from "@aws-appsync/utils";
import type { UpdateUserArguments } from "../domain/schema.ts";
import { internal, notFound } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

/** After a refused change: reads the user and raises the error, NotFound or VersionConflict. */
export function request(ctx: Context<UpdateUserArguments>): DynamoDBGetItemRequest {
  if (!(ctx.stash as { refused?: boolean }).refused) {
    return runtime.earlyReturn(previous(ctx));
  }
  return {
    operation: "GetItem",
    key: util.dynamodb.toMapValues({ id: ctx.args.input.id }),
    consistentRead: true,
  };
}

export function response(ctx: Context): unknown {
  const user = ctx.result as { version: number } | null;
  if (ctx.error) {
    return internal();
  }
  return user
    ? util.error(`expectedVersion: the user has version ${user.version + 0}`, "VersionConflict")
    : notFound("User");
}
