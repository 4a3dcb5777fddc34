import type { Context, DynamoDBBatchGetItemRequest } from "@aws-appsync/utils";
import { accountKey, type AccountStash, limitsFrom, limitsKey, rowsOf, usageKeys } from "./shared/account.ts";
import { callerOf } from "./shared/caller.ts";
import { previous } from "./shared/previous.ts";

/** Reads the limits and the caller's account. Every mutation of a user begins with it. */
export function request(ctx: Context): DynamoDBBatchGetItemRequest {
  return { operation: "BatchGetItem", tables: usageKeys([limitsKey, accountKey(callerOf(ctx))]) };
}

export function response(ctx: Context): unknown {
  const [limits, account] = rowsOf(ctx);
  const stash = ctx.stash as AccountStash;
  stash.limits = limitsFrom(limits);
  stash.account = account ?? {};
  return previous(ctx);
}
