import type { Context } from "@aws-appsync/utils";
import type { Asset, Label } from "../domain/asset.ts";
import { invalid } from "./shared/errors.ts";

export function request(ctx: Context<{ minConfidence?: number | null }>): unknown {
  const least = ctx.args.minConfidence ?? 0;
  if (least < 0 || least > 100) {
    invalid("minConfidence: must be 0 to 100");
  }
  return { payload: null };
}

export function response(ctx: Context<{ minConfidence?: number | null }>): Label[] | null {
  const least = ctx.args.minConfidence ?? 0;
  return (ctx.source as Asset).labels?.filter((label) => label.confidence >= least) ?? null;
}
