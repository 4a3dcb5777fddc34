import { type Context, util } from "@aws-appsync/utils";
import { foldedName, maxLabelName } from "../domain/labels.ts";
import type { SearchAssetsArguments } from "../domain/schema.ts";
import { problemOfText } from "../domain/text.ts";
import { ownerOf } from "./shared/caller.ts";
import { invalid } from "./shared/errors.ts";
import { pageSize } from "./shared/page.ts";
import { previous } from "./shared/previous.ts";

/** What the steps of a search share. */
export interface SearchStash {
  ownerId: string;
  /** The label as the index holds it. */
  label: string;
  minConfidence: number;
  limit: number;
  /** Cursor of the next page. */
  nextToken?: string | null;
}

export function request(ctx: Context<SearchAssetsArguments>): unknown {
  const { label } = ctx.args;
  const minConfidence = ctx.args.minConfidence ?? 0;
  const problem = problemOfText("label", label, maxLabelName);
  if (problem) {
    invalid(problem);
  }
  if (minConfidence < 0 || minConfidence > 100) {
    invalid("minConfidence: must be 0 to 100");
  }
  const stash = ctx.stash as SearchStash;
  stash.ownerId = ownerOf(ctx);
  stash.label = foldedName(util.str.normalize(label.trim(), "nfkd"));
  stash.minConfidence = minConfidence;
  stash.limit = pageSize(ctx.args, 20);
  return {};
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
