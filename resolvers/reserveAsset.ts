import { type Context, type DynamoDBTransactWriteItemsRequest, runtime, util } from "@aws-appsync/utils";
import { dueShard } from "../domain/due.ts";
import type { Account } from "../domain/usage.ts";
import type { CreateStash } from "./Mutation.createAsset.ts";
import { accountKey, type AccountStash } from "./shared/account.ts";
import { exceeded, internal } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";
import { tables } from "./shared/tables.ts";

/** Validity of a clientToken: a day. */
const tokenSeconds = 86_400;

type Item = DynamoDBTransactWriteItemsRequest["transactItems"][number];

/**
 * Writes the new row and counts it in the owner's account, in one transaction, with the clientToken if there is one.
 * A transaction fails while another of the same owner is under way, so the pipeline has this function twice.
 */
export function request(ctx: Context): DynamoDBTransactWriteItemsRequest {
  const { asset, clientToken, fingerprint, settled } = ctx.stash as CreateStash;
  if (settled) {
    return runtime.earlyReturn(previous(ctx));
  }
  const { ownerId, id, ...attributes } = asset;
  const put: Item = {
    table: tables.assets,
    operation: "PutItem",
    key: util.dynamodb.toMapValues({ ownerId, id }),
    attributeValues: util.dynamodb.toMapValues({ ...attributes, counted: true, dueShard: dueShard(id) }),
    condition: { expression: "attribute_not_exists(id)", returnValuesOnConditionCheckFailure: false },
  };
  const count = countAsset(ctx);
  return {
    operation: "TransactWriteItems",
    transactItems: clientToken
      ? [put, count, rememberToken(ownerId, clientToken, id, fingerprint)]
      : [put, count],
  };
}

function countAsset(ctx: Context): Item {
  const { asset, limits } = ctx.stash as CreateStash & AccountStash;
  const { contentLength } = asset;
  return {
    table: tables.usage,
    operation: "UpdateItem",
    key: util.dynamodb.toMapValues(accountKey(asset.ownerId)),
    update: {
      expression: "ADD #assets :one, #bytes :bytes",
      expressionNames: { "#assets": "assets", "#bytes": "bytes" },
      expressionValues: util.dynamodb.toMapValues({ ":one": 1, ":bytes": contentLength }),
    },
    condition: {
      // An account that does not exist has used nothing.
      expression:
        ":one <= :maxAssets AND :zero <= :room AND (attribute_not_exists(#assets) OR #assets < :maxAssets) AND (attribute_not_exists(#bytes) OR #bytes <= :room)",
      expressionNames: { "#assets": "assets", "#bytes": "bytes" },
      expressionValues: util.dynamodb.toMapValues({
        ":one": 1,
        ":zero": 0,
        ":maxAssets": limits.maxAssets,
        ":room": limits.maxBytes - contentLength,
      }),
      returnValuesOnConditionCheckFailure: true,
    },
  };
}

const rememberToken = (ownerId: string, clientToken: string, assetId: string, fingerprint: string): Item => ({
  table: tables.clientTokens,
  operation: "PutItem",
  key: util.dynamodb.toMapValues({ ownerId, clientToken }),
  attributeValues: util.dynamodb.toMapValues({
    assetId,
    fingerprint,
    expiresAt: util.time.nowEpochSeconds() + tokenSeconds,
  }),
  condition: {
    // DynamoDB removes expired rows within days, not immediately.
    expression: "attribute_not_exists(clientToken) OR expiresAt < :now",
    expressionValues: util.dynamodb.toMapValues({ ":now": util.time.nowEpochSeconds() }),
    returnValuesOnConditionCheckFailure: false,
  },
});

interface Cancelled {
  cancellationReasons?: { type?: string; item?: Account | null }[];
}

export function response(ctx: Context): unknown {
  const stash = ctx.stash as CreateStash & AccountStash;
  if (!ctx.error) {
    stash.settled = true;
    return stash.asset;
  }
  const [row, account, token] = (ctx.result as Cancelled | null)?.cancellationReasons ?? [];
  // A clientToken that was used counts first: its asset exists, so it needs no room.
  if (token?.type === "ConditionalCheckFailed") {
    stash.settled = true;
    stash.replay = true;
    return null;
  }
  if (account?.type === "ConditionalCheckFailed") {
    refuse(stash, account.item?.assets ?? 0);
  }
  const conflict = [row, account, token].some((reason) => reason?.type === "TransactionConflict");
  if (!conflict || stash.tried) {
    internal();
  }
  stash.tried = true;
  return null;
}

function refuse({ limits }: AccountStash, assets: number): never {
  return assets >= limits.maxAssets
    ? exceeded(`maxAssets: you have ${assets + 0} of ${limits.maxAssets + 0} assets; purge some`)
    : exceeded(`maxBytes: the upload does not fit into your ${limits.maxBytes + 0} bytes; purge some assets`);
}
