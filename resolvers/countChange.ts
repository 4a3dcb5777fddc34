import { type Context, type DynamoDBUpdateItemRequest, util } from "@aws-appsync/utils";
import { changesId, dayOf } from "../domain/usage.ts";
import type { AccountStash } from "./shared/account.ts";
import { countOne } from "./shared/counter.ts";
import { conditionFailed, exceeded, internal } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

/** Counts a mutation of the caller. What it changes, and what follows from that, costs money. */
export function request(ctx: Context): DynamoDBUpdateItemRequest {
  const { limits } = ctx.stash as AccountStash;
  return countOne(ctx, changesId(dayOf(util.time.nowISO8601())), limits.maxChangesADay);
}

export function response(ctx: Context): unknown {
  // AppSync can give a failed condition as null without an error.
  if (conditionFailed(ctx.error) || (!ctx.error && !ctx.result)) {
    const { limits } = ctx.stash as AccountStash;
    exceeded(`maxChangesADay: you have sent ${limits.maxChangesADay + 0} changes today`);
  }
  return ctx.error ? internal() : previous(ctx);
}
