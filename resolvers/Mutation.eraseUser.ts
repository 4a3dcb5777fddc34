import { type Context, extensions, util } from "@aws-appsync/utils";
import { type ErasureRow, erasureShard, type ErasureStatus } from "../domain/erasure.ts";
import type { EraseUserArguments, Erasure } from "../domain/schema.ts";
import { isAdmin, ownOrAdmin } from "./shared/caller.ts";
import type { ErasureStash } from "./changeErasure.ts";
import { erasureView } from "./shared/erasure.ts";
import { notFound } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

/** infra/ replaces the placeholder when it deploys the code. */
const graceSeconds = "{{eraseGraceSeconds}}";

export function request(ctx: Context<EraseUserArguments>): unknown {
  const { id } = ctx.args;
  if (!ownOrAdmin(ctx, id)) {
    notFound("User");
  }
  const status: ErasureStatus = "REQUESTED";
  const dueAt = util.time.nowEpochMilliSeconds() + (JSON.parse(graceSeconds) as number) * 1000;
  const stash = ctx.stash as ErasureStash;
  const cancelled: ErasureStatus[] = ["CANCELLED"];
  stash.userId = id;
  stash.change = {
    set: {
      status,
      requestedAt: util.time.nowISO8601(),
      graceEndsAt: util.time.epochMilliSecondsToISO8601(dueAt),
      dueShard: erasureShard,
      dueAt,
    },
    remove: ["finishedAt", "removed", "settlesAt"],
    // A restored table can have rows of a user who was erased.
    from: isAdmin(ctx) ? cancelled.concat(["DONE"]) : cancelled,
    orNone: true,
  };
  return {};
}

/** Ends the subscriptions to the user's events. They cannot be started again. */
export function response(ctx: Context<EraseUserArguments>): Erasure {
  const { id } = ctx.args;
  extensions.invalidateSubscriptions({ subscriptionField: "onAssetEvent", payload: { ownerId: id } });
  return erasureView(previous(ctx) as ErasureRow);
}
