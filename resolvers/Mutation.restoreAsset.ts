import type { Context } from "@aws-appsync/utils";
import { transitions } from "../domain/asset.ts";
import { begin } from "./shared/changing.ts";
import { previous } from "./shared/previous.ts";

export function request(ctx: Context<{ id: string }>): unknown {
  const id = ctx.args.id;
  return begin(ctx, {
    id,
    from: [transitions.remove.to],
    set: { liveId: id },
    copy: { state: "formerState", stateId: "formerStateId" },
    remove: ["formerState", "formerStateId"],
    refusal: "restoreAsset needs DELETED",
  });
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
