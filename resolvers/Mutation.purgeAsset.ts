import { type Context, util } from "@aws-appsync/utils";
import { type Asset, transitions } from "../domain/asset.ts";
import { purgeRequest } from "../domain/purged.ts";
import type { PurgeAssetArguments } from "../domain/schema.ts";
import { begin } from "./shared/changing.ts";
import { previous } from "./shared/previous.ts";

/** Requests the purge. The stream starts what removes everything. */
export function request(ctx: Context<PurgeAssetArguments>): unknown {
  const { from, to } = transitions.remove;
  return begin(ctx, {
    id: ctx.args.id,
    from: from.concat([to]),
    ...purgeRequest(util.time.nowISO8601(), util.time.nowEpochMilliSeconds()),
    settledPurge: true,
    refusal: "purgeAsset needs an asset",
  });
}

export function response(ctx: Context): string {
  return (previous(ctx) as Asset).id;
}
