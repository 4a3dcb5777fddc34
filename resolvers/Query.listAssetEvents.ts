import type { Context } from "@aws-appsync/utils";
import type { ListAssetEventsArguments } from "../domain/schema.ts";
import { ownerOf } from "./shared/caller.ts";
import { invalid } from "./shared/errors.ts";
import { pageSize } from "./shared/page.ts";
import { previous } from "./shared/previous.ts";

/** What the steps of reading the event log share. */
export interface EventsStash {
  ownerId: string;
  /** Null: from the oldest event that is kept. */
  after: number | null;
  limit: number;
  /** The number of the owner's last event, read before the events. */
  last: number;
}

export function request(ctx: Context<ListAssetEventsArguments>): unknown {
  const ownerId = ownerOf(ctx);
  const after = ctx.args.after ?? null;
  if (after !== null && after < 0) {
    invalid("after: must be 0 or the seq of an event");
  }
  const stash = ctx.stash as EventsStash;
  stash.ownerId = ownerId;
  stash.after = after;
  stash.limit = pageSize(ctx.args, 50);
  return {};
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
