import { type Context, type DynamoDBUpdateItemRequest, util } from "@aws-appsync/utils";
import type { LabelAssetArguments } from "../domain/schema.ts";
import { dayOf, relabelsId } from "../domain/usage.ts";
import type { AccountStash } from "./shared/account.ts";
import { countOne } from "./shared/counter.ts";
import { conditionFailed, exceeded, internal } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

/** Counts a request to label an asset again. Refused requests count too. */
export function request(ctx: Context<LabelAssetArguments>): DynamoDBUpdateItemRequest {
  const { limits } = ctx.stash as AccountStash;
  return countOne(ctx, relabelsId(dayOf(util.time.nowISO8601()), ctx.args.id), limits.maxRelabelsADay);
}

export function response(ctx: Context): unknown {
  // AppSync can give a failed condition as null without an error.
  if (conditionFailed(ctx.error) || (!ctx.error && !ctx.result)) {
    const { limits } = ctx.stash as AccountStash;
    exceeded(`maxRelabelsADay: labelAsset was called ${limits.maxRelabelsADay + 0} times for it today`);
  }
  return ctx.error ? internal() : previous(ctx);
}
