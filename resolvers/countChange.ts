import { type Context, type DynamoDBUpdateItemRequest, runtime, util } from "@aws-appsync/utils";
import { changesId, dayOf, maxCount } from "../domain/usage.ts";
import type { AccountStash } from "./shared/account.ts";
import { countOne } from "./shared/counter.ts";
import { conditionFailed, exceeded, internal } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

/** Counts a mutation of the caller. What it changes, and what follows from that, costs money. */
export function request(ctx: Context): DynamoDBUpdateItemRequest {
  const { limits, isErased } = ctx.stash as AccountStash;
  if (isErased) {
    runtime.earlyReturn(previous(ctx));
  }
  // Refused, it could not be called again before the grace period ends.
  const max = ctx.info.fieldName === "cancelErasure" ? maxCount : limits.maxChangesADay;
  return countOne(ctx, changesId(dayOf(util.time.nowISO8601())), max);
}

export function response(ctx: Context): unknown {
  // AppSync can give a failed condition as null without an error.
  if (conditionFailed(ctx.error) || (!ctx.error && !ctx.result)) {
    const { limits } = ctx.stash as AccountStash;
    exceeded(`maxChangesADay: you have sent ${limits.maxChangesADay + 0} changes today`);
  }
  return ctx.error ? internal() : previous(ctx);
}
