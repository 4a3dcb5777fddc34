import type { Context } from "@aws-appsync/utils";
import type { Asset, Label } from "../domain/asset.ts";
import { shownLabels } from "../domain/labels.ts";
import type { AssetLabelsArguments } from "../domain/schema.ts";
import { invalid } from "./shared/errors.ts";

export function request(ctx: Context<AssetLabelsArguments>): unknown {
  const threshold = ctx.args.minConfidence ?? 0;
  if (threshold < 0 || threshold > 100) {
    invalid("minConfidence: must be 0 to 100");
  }
  return { payload: null };
}

export function response(ctx: Context<AssetLabelsArguments>): Label[] | null {
  const threshold = ctx.args.minConfidence ?? 0;
  return shownLabels(ctx.source as Asset)?.filter((label) => label.confidence >= threshold) ?? null;
}
