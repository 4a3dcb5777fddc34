import type { Context, DynamoDBBatchGetItemRequest } from "@aws-appsync/utils";
import type { ErasureRow } from "../domain/erasure.ts";
import { type AccountStash, limitsFrom, limitsKey, usageKeys } from "./shared/account.ts";
import { rowsOf } from "./shared/batch.ts";
import { callerOf } from "./shared/caller.ts";
import { erasureKey, refuseErasing } from "./shared/erasure.ts";
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

export function response(ctx: Context): unknown {
  const [limits] = rowsOf<Record<string, unknown>>(ctx, tables.usage);
  const [erasure] = rowsOf<ErasureRow>(ctx, tables.erasures);
  refuseErasing(erasure ?? null);
  (ctx.stash as AccountStash).limits = limitsFrom(limits);
  return previous(ctx);
}
