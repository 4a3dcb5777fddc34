import type { Context } from "@aws-appsync/utils";
import { stateId, stored, transitions } from "../domain/asset.ts";
import type { ConfirmUploadArguments } from "../domain/schema.ts";
import { begin } from "./shared/changing.ts";
import { previous } from "./shared/previous.ts";

export function request(ctx: Context<ConfirmUploadArguments>): unknown {
  const id = ctx.args.id;
  const { from, to } = transitions.confirm;
  return begin(ctx, {
    id,
    from,
    set: { state: to, stateId: stateId(to, id) },
    settled: stored.filter((state) => state === to),
    refusal: "confirmUpload needs RECEIVED",
  });
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
