import type { Context, DynamoDBBatchGetItemRequest } from "@aws-appsync/utils";
import type { ErasureRow } from "../domain/erasure.ts";
import { accountKey, type AccountStash, limitsFrom, limitsKey, rowsOf, usageKeys } from "./shared/account.ts";
import { callerOf } from "./shared/caller.ts";
import { erasureKey, refuseErasing } from "./shared/erasure.ts";
import { internal } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";
import { tables } from "./shared/tables.ts";

/**
 * Reads the limits, the caller's account and the caller's erasure. Every mutation of a user begins with it. It refuses a
 * caller who is being erased.
 */
export function request(ctx: Context): DynamoDBBatchGetItemRequest {
  const caller = callerOf(ctx);
  return {
    operation: "BatchGetItem",
    tables: {
      ...usageKeys([limitsKey, accountKey(caller)]),
      [tables.erasures]: { keys: [erasureKey(caller)], consistentRead: true },
    },
  };
}

interface Batch {
  data?: Record<string, (ErasureRow | null)[]>;
  unprocessedKeys?: Record<string, unknown[]>;
}

export function response(ctx: Context): unknown {
  const [limits, account] = rowsOf(ctx);
  const batch = ctx.result as Batch;
  if ((batch.unprocessedKeys?.[tables.erasures] ?? []).length > 0) {
    internal();
  }
  refuseErasing(batch.data?.[tables.erasures]?.[0] ?? null);
  const stash = ctx.stash as AccountStash;
  stash.limits = limitsFrom(limits);
  stash.account = account ?? {};
  return previous(ctx);
}
