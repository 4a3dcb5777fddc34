import { type Context, util } from "@aws-appsync/utils";
import { type Asset, transitions } from "../domain/asset.ts";
import { dueAt } from "../domain/due.ts";
import type { PurgeAssetArguments } from "../domain/schema.ts";
import { begin } from "./shared/changing.ts";
import { previous } from "./shared/previous.ts";

/** Requests the purge. From then on nothing of the asset is shown; the stream starts what removes it. */
export function request(ctx: Context<PurgeAssetArguments>): unknown {
  const { from, to } = transitions.remove;
  const purgeRequestedAt = util.time.nowISO8601();
  return begin(ctx, {
    id: ctx.args.id,
    from: from.concat([to]),
    set: {
      state: to,
      purgeRequestedAt,
      dueAt: dueAt({ state: to, labelStatus: "NONE", purgeRequestedAt }, util.time.nowEpochMilliSeconds()),
    },
    remove: ["liveId", "stateId", "formerState", "formerStateId"],
    settledPurge: true,
    refusal: "purgeAsset needs an asset",
  });
}

export function response(ctx: Context): string {
  return (previous(ctx) as Asset).id;
}
