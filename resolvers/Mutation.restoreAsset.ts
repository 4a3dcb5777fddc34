import { type Context, util } from "@aws-appsync/utils";
import { transitions } from "../domain/asset.ts";
import { dueAt } from "../domain/due.ts";
import type { RestoreAssetArguments } from "../domain/schema.ts";
import { begin } from "./shared/changing.ts";
import { previous } from "./shared/previous.ts";

export function request(ctx: Context<RestoreAssetArguments>): unknown {
  const id = ctx.args.id;
  return begin(ctx, {
    id,
    from: [transitions.remove.to],
    set: {
      liveId: id,
      // Only the row has the state that it returns to. Of all states, pending labels have the earliest check.
      dueAt: dueAt({ state: "RECEIVED", labelStatus: "PENDING" }, util.time.nowEpochMilliSeconds()),
    },
    copy: { state: "formerState", stateId: "formerStateId" },
    remove: ["formerState", "formerStateId"],
    refusal: "restoreAsset needs DELETED",
  });
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
