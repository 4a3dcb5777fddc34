import { type Context, type DynamoDBBatchGetItemRequest, util } from "@aws-appsync/utils";
import { type Account, callsId, changesId, dayOf, labelledId } from "../domain/usage.ts";
import { accountKey, limitsFrom, limitsKey, usageKeys } from "./shared/account.ts";
import { rowsOf } from "./shared/batch.ts";
import { tables } from "./shared/tables.ts";

/** The user and admins may read it, like the user itself. */
export function request(ctx: Context): DynamoDBBatchGetItemRequest {
  const { id } = ctx.source as { id: string };
  const day = dayOf(util.time.nowISO8601());
  const keys = [
    limitsKey,
    accountKey(id),
    { ownerId: id, id: changesId(day) },
    { ownerId: id, id: labelledId(day) },
    { ownerId: id, id: callsId(day) },
  ];
  return { operation: "BatchGetItem", tables: usageKeys(keys) };
}

export function response(ctx: Context): unknown {
  // The rows are in the order of their keys.
  const [limits, account, changes, labelled, calls] = rowsOf<Record<string, unknown>>(ctx, tables.usage);
  const { assets, bytes } = (account ?? {}) as Account;
  return {
    ...limitsFrom(limits),
    assets: assets ?? 0,
    bytes: bytes ?? 0,
    changesToday: (changes?.["count"] as number | undefined) ?? 0,
    labelledToday: (labelled?.["count"] as number | undefined) ?? 0,
    callbacksToday: (calls?.["count"] as number | undefined) ?? 0,
  };
}
