import type { Context } from "@aws-appsync/utils";
import { isUlid } from "../../domain/asset.ts";
import type { AssetChange, ChangeStash } from "./change.ts";
import { notFound } from "./errors.ts";

/** The resolver of a mutation that is one change: hands it to the pipeline. An id that cannot exist reads nothing. */
export function begin(ctx: Context, change: AssetChange): Record<string, never> {
  if (!isUlid(change.id)) {
    notFound("Asset");
  }
  (ctx.stash as ChangeStash).change = change;
  return {};
}
