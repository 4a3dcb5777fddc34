import type { Context, DynamoDBBatchGetItemRequest } from "@aws-appsync/utils";
import type { ErasureRow } from "../domain/erasure.ts";
import { type AccountStash, limitsFrom, limitsKey, rowsOf, usageKeys } from "./shared/account.ts";
import { callerOf } from "./shared/caller.ts";
import { erasureKey, refuseErasing } from "./shared/erasure.ts";
import { internal } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";
import { tables } from "./shared/tables.ts";

/** Reads the limits, and refuses a caller who is being erased. Every mutation of a user begins with it. */
export function request(ctx: Context): DynamoDBBatchGetItemRequest {
  return {
    operation: "BatchGetItem",
    tables: {
      ...usageKeys([limitsKey]),
      [tables.erasures]: { keys: [erasureKey(callerOf(ctx))], consistentRead: true },
    },
  };
}

interface Batch {
  data?: Record<string, (ErasureRow | null)[]>;
  unprocessedKeys?: Record<string, unknown[]>;
}

export function response(ctx: Context): unknown {
  const [limits] = rowsOf(ctx);
  const batch = ctx.result as Batch;
  if ((batch.unprocessedKeys?.[tables.erasures] ?? []).length > 0) {
    internal();
  }
  refuseErasing(batch.data?.[tables.erasures]?.[0] ?? null);
  (ctx.stash as AccountStash).limits = limitsFrom(limits);
  return previous(ctx);
}
