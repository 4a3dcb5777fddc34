import { type Context, type DynamoDBUpdateItemRequest, util } from "@aws-appsync/utils";
import { givenOf } from "../domain/given.ts";
import { limitsInputFields, type SetLimitsArguments } from "../domain/schema.ts";
import { updateExpression } from "../domain/update.ts";
import { problemOfLimits } from "../domain/usage.ts";
import { limitsFrom, limitsKey } from "./shared/account.ts";
import { internal, invalid } from "./shared/errors.ts";

export function request(ctx: Context<SetLimitsArguments>): DynamoDBUpdateItemRequest {
  const { input } = ctx.args;
  const problem = problemOfLimits(input);
  if (problem) {
    invalid(problem);
  }
  const set: Record<string, unknown> = { updatedAt: util.time.nowISO8601() };
  givenOf(input, limitsInputFields).forEach(([name, value]) => {
    set[name] = value;
  });
  const { expression, names, values } = updateExpression({ set });
  return {
    operation: "UpdateItem",
    key: util.dynamodb.toMapValues(limitsKey),
    update: {
      expression,
      expressionNames: names,
      expressionValues: util.dynamodb.toMapValues(values),
    },
  };
}

export function response(ctx: Context): unknown {
  return ctx.error || !ctx.result ? internal() : limitsFrom(ctx.result as Record<string, unknown>);
}
