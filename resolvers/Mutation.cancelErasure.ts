import { type Context, util } from "@aws-appsync/utils";
import type { ErasureRow, ErasureStatus } from "../domain/erasure.ts";
import type { CancelErasureArguments, Erasure } from "../domain/schema.ts";
import { ownOrAdmin } from "./shared/caller.ts";
import type { ErasureStash } from "./changeErasure.ts";
import { erasureView } from "./shared/erasure.ts";
import { notFound } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

const cancelled: ErasureStatus = "CANCELLED";

export function request(ctx: Context<CancelErasureArguments>): unknown {
  const { userId } = ctx.args;
  if (!ownOrAdmin(ctx, userId)) {
    notFound("Erasure");
  }
  const stash = ctx.stash as ErasureStash;
  stash.userId = userId;
  stash.change = {
    set: { status: cancelled },
    remove: ["dueShard", "dueAt"],
    from: ["REQUESTED"],
    orNone: false,
  };
  return {};
}

export function response(ctx: Context): Erasure {
  const erasure = previous(ctx) as ErasureRow | null;
  if (!erasure) {
    return notFound("Erasure");
  }
  return erasure.status === cancelled
    ? erasureView(erasure)
    : util.error(`The erasure is ${erasure.status}; cancelErasure needs REQUESTED`, "StateConflict");
}
