import { type Context, type DynamoDBGetItemRequest, util } from "@aws-appsync/utils";
import { counterId } from "../domain/event.ts";
import type { EventsStash } from "./Query.listAssetEvents.ts";
import { internal } from "./shared/errors.ts";

/** Reads how many events the owner has had. What the log lacks up to this number was removed because of its age. */
export function request(ctx: Context): DynamoDBGetItemRequest {
  const { ownerId } = ctx.stash as EventsStash;
  return {
    operation: "GetItem",
    key: util.dynamodb.toMapValues({ ownerId, id: counterId }),
    consistentRead: true,
  };
}

export function response(ctx: Context): null {
  if (ctx.error) {
    internal();
  }
  const counter = ctx.result as { seq: number } | null;
  (ctx.stash as EventsStash).last = counter?.seq ?? 0;
  return null;
}
