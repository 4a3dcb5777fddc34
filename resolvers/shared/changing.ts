import type { Context } from "@aws-appsync/utils";
import { isUlid } from "../../domain/asset.ts";
import type { AssetChange, ChangeStash } from "./change.ts";
import { notFound } from "./errors.ts";

/** Puts a change into the stash for the pipeline's functions. An invalid id is NotFound without a read. */
export function begin(ctx: Context, change: AssetChange): Record<string, never> {
  if (!isUlid(change.id)) {
    notFound("Asset");
  }
  (ctx.stash as ChangeStash).change = change;
  return {};
}
