import { type Context, util } from "@aws-appsync/utils";
import { labelTransitions, stored } from "../domain/asset.ts";
import { dueAt } from "../domain/due.ts";
import type { LabelAssetArguments } from "../domain/schema.ts";
import { begin } from "./shared/changing.ts";
import { previous } from "./shared/previous.ts";

export function request(ctx: Context<LabelAssetArguments>): unknown {
  const { from, to } = labelTransitions.again;
  return begin(ctx, {
    id: ctx.args.id,
    from: stored,
    fromLabels: from,
    set: {
      labelStatus: to,
      dueAt: dueAt({ state: "RECEIVED", labelStatus: to }, util.time.nowEpochMilliSeconds()),
    },
    increment: ["labelRun"],
    remove: ["labelError", "labelJob", "labelLease"],
    settled: stored,
    settledLabels: ["PENDING", "RUNNING"],
    refusal: "labelAsset needs labels DONE or FAILED",
  });
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
