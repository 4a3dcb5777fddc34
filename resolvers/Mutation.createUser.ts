import { type Context, type DynamoDBPutItemRequest, util } from "@aws-appsync/utils";
import { problemOfUser } from "../domain/limits.ts";
import type { CreateUserArguments } from "../domain/schema.ts";
import { callerOf, ownOrAdmin } from "./shared/caller.ts";
import { conditionFailed, internal, invalid } from "./shared/errors.ts";

export function request(ctx: Context<CreateUserArguments>): DynamoDBPutItemRequest {
  const { input } = ctx.args;
  const problem = problemOfUser(input, true);
  if (problem) {
    invalid(problem);
  }
  const id = input.id ?? callerOf(ctx);
  if (!ownOrAdmin(ctx, id)) {
    util.unauthorized();
  }
  const now = util.time.nowISO8601();
  return {
    operation: "PutItem",
    key: util.dynamodb.toMapValues({ id }),
    attributeValues: util.dynamodb.toMapValues({
      name: input.name ?? `${input.firstName} ${input.lastName}`,
      ...(input.firstName ? { firstName: input.firstName, lastName: input.lastName } : {}),
      ...(input.email ? { email: input.email } : {}),
      createdAt: now,
      updatedAt: now,
      version: 1,
    }),
    condition: { expression: "attribute_not_exists(id)" },
  };
}

export function response(ctx: Context): unknown {
  if (conditionFailed(ctx.error)) {
    util.error("A user with this id exists", "Conflict");
  }
  return ctx.error || !ctx.result ? internal() : (ctx.result as unknown);
}
