import { type Context, type DynamoDBUpdateItemRequest, util } from "@aws-appsync/utils";
import type { ErasureRow, ErasureStatus } from "../domain/erasure.ts";
import { updateExpression } from "../domain/update.ts";
import { erasureKey } from "./shared/erasure.ts";
import { conditionFailed, internal } from "./shared/errors.ts";

/** What the steps of a field about an erasure share. */
export interface ErasureStash {
  userId: string;
  change?: {
    set: Partial<ErasureRow>;
    remove: (keyof ErasureRow)[];
    /** Statuses from which the change can be made. */
    from: ErasureStatus[];
    /** Whether it can be made if there is no erasure. */
    orNone: boolean;
  };
}

/** Writes `stash.change`. If its condition fails, the next step shows the erasure as it is. */
export function request(ctx: Context): DynamoDBUpdateItemRequest {
  const { userId, change } = ctx.stash as ErasureStash;
  const { expression, names, values } = updateExpression({ set: { ...change?.set }, remove: change?.remove });
  const from = (change?.from ?? []).map((status, index) => {
    values[`:from${index}`] = status;
    return `:from${index}`;
  });
  const none = change?.orNone ? "attribute_not_exists(#status) OR " : "";
  return {
    operation: "UpdateItem",
    key: erasureKey(userId),
    update: {
      expression,
      expressionNames: names,
      expressionValues: util.dynamodb.toMapValues(values),
    },
    condition: { expression: `${none}#status IN (${from.join(", ")})` },
  };
}

export function response(ctx: Context): null {
  if (ctx.error && !conditionFailed(ctx.error)) {
    internal();
  }
  return null;
}
