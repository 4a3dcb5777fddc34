import { type Context, type DynamoDBUpdateItemRequest, util } from "@aws-appsync/utils";
import { countUp } from "../../domain/usage.ts";
import { callerOf } from "./caller.ts";

/** Counts one in a counter of the caller. The condition fails if the counter is at its limit. */
export function countOne(ctx: Context, id: string, max: number): DynamoDBUpdateItemRequest {
  const { expression, names, values, condition } = countUp(util.time.nowEpochSeconds(), max);
  return {
    operation: "UpdateItem",
    key: util.dynamodb.toMapValues({ ownerId: callerOf(ctx), id }),
    update: {
      expression,
      expressionNames: names,
      expressionValues: util.dynamodb.toMapValues(values),
    },
    condition: { expression: condition },
  };
}
