import { type Context, util } from "@aws-appsync/utils";
import { stateId, transitions } from "../domain/asset.ts";
import { dueAt } from "../domain/due.ts";
import type { DeleteAssetArguments } from "../domain/schema.ts";
import { begin } from "./shared/changing.ts";
import { previous } from "./shared/previous.ts";

export function request(ctx: Context<DeleteAssetArguments>): unknown {
  const id = ctx.args.id;
  const { from, to } = transitions.remove;
  return begin(ctx, {
    id,
    from,
    set: {
      state: to,
      stateId: stateId(to, id),
      dueAt: dueAt({ state: to, labelStatus: "NONE" }, util.time.nowEpochMilliSeconds()),
    },
    copy: { formerState: "state", formerStateId: "stateId" },
    remove: ["liveId"],
    refusal: "deleteAsset needs an asset that is not deleted",
  });
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
