import type { Context } from "@aws-appsync/utils";
import type { ErasureRow } from "../domain/erasure.ts";
import type { Erasure, GetErasureArguments } from "../domain/schema.ts";
import { ownOrAdmin } from "./shared/caller.ts";
import type { ErasureStash } from "./changeErasure.ts";
import { erasureView } from "./shared/erasure.ts";
import { notFound } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

export function request(ctx: Context<GetErasureArguments>): unknown {
  const { userId } = ctx.args;
  if (!ownOrAdmin(ctx, userId)) {
    notFound("Erasure");
  }
  (ctx.stash as ErasureStash).userId = userId;
  return {};
}

export function response(ctx: Context): Erasure | null {
  const erasure = previous(ctx) as ErasureRow | null;
  return erasure ? erasureView(erasure) : null;
}
