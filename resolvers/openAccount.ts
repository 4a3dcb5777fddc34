import type { Context, DynamoDBBatchGetItemRequest } from "@aws-appsync/utils";
import { type ErasureRow, isErased } from "../domain/erasure.ts";
import { type AccountStash, limitsFrom, limitsKey, usageKeys } from "./shared/account.ts";
import { rowsOf } from "./shared/batch.ts";
import { callerOf } from "./shared/caller.ts";
import { erasureKey, refuseErasing } from "./shared/erasure.ts";
import { previous } from "./shared/previous.ts";
import { tables } from "./shared/tables.ts";

/** Mutations that a caller who is being erased may call. */
const erasureFields = ["eraseUser", "cancelErasure"];

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
  const [erasure = null] = rowsOf<ErasureRow>(ctx, tables.erasures);
  const stash = ctx.stash as AccountStash;
  stash.limits = limitsFrom(limits);
  if (erasureFields.some((field) => field === ctx.info.fieldName)) {
    stash.isErased = isErased(erasure);
  } else {
    refuseErasing(erasure);
  }
  return previous(ctx);
}
