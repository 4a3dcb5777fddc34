import {
  type Context,
  type DynamoDBPutItemRequest,
  type DynamoDBTransactWriteItemsRequest,
  util,
} from "@aws-appsync/utils";
import { dueShard } from "../domain/due.ts";
import type { CreateStash } from "./Mutation.createAsset.ts";
import { internal } from "./shared/errors.ts";
import { tables } from "./shared/tables.ts";

/** Validity of a clientToken: a day. */
const tokenSeconds = 86_400;

/** Writes the new row. With a clientToken, one transaction writes the row and the token. */
export function request(ctx: Context): DynamoDBPutItemRequest | DynamoDBTransactWriteItemsRequest {
  const { asset, clientToken, fingerprint } = ctx.stash as CreateStash;
  const { ownerId, id, ...attributes } = asset;
  const key = util.dynamodb.toMapValues({ ownerId, id });
  const attributeValues = util.dynamodb.toMapValues({ ...attributes, dueShard: dueShard(id) });
  const condition = { expression: "attribute_not_exists(id)" };
  if (!clientToken) {
    return { operation: "PutItem", key, attributeValues, condition };
  }
  return {
    operation: "TransactWriteItems",
    transactItems: [
      {
        table: tables.assets,
        operation: "PutItem",
        key,
        attributeValues,
        condition: { ...condition, returnValuesOnConditionCheckFailure: false },
      },
      {
        table: tables.clientTokens,
        operation: "PutItem",
        key: util.dynamodb.toMapValues({ ownerId, clientToken }),
        attributeValues: util.dynamodb.toMapValues({
          assetId: id,
          fingerprint,
          expiresAt: util.time.nowEpochSeconds() + tokenSeconds,
        }),
        condition: {
          // DynamoDB removes expired rows within days, not at once.
          expression: "attribute_not_exists(clientToken) OR expiresAt < :now",
          expressionValues: util.dynamodb.toMapValues({ ":now": util.time.nowEpochSeconds() }),
          returnValuesOnConditionCheckFailure: false,
        },
      },
    ],
  };
}

interface Cancelled {
  cancellationReasons?: { type?: string }[];
}

export function response(ctx: Context): unknown {
  const stash = ctx.stash as CreateStash;
  if (!ctx.error) {
    return stash.asset;
  }
  const reasons = (ctx.result as Cancelled | null)?.cancellationReasons ?? [];
  if (reasons[1]?.type !== "ConditionalCheckFailed") {
    internal();
  }
  stash.replay = true;
  return null;
}
