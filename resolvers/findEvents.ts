import { type Context, type DynamoDBQueryRequest, util } from "@aws-appsync/utils";
import { type AssetEvent, eventId } from "../domain/event.ts";
import type { AssetEventPage } from "../domain/schema.ts";
import type { EventsStash } from "./Query.listAssetEvents.ts";
import { internal } from "./shared/errors.ts";
import type { Page } from "./shared/page.ts";

/** Reads the owner's log after a number. The numbers have no gaps, so the log needs no cursor. */
export function request(ctx: Context): DynamoDBQueryRequest {
  const { ownerId, after, limit } = ctx.stash as EventsStash;
  return {
    operation: "Query",
    query: {
      expression: "ownerId = :owner AND id BETWEEN :first AND :last",
      expressionValues: util.dynamodb.toMapValues({
        ":owner": ownerId,
        ":first": eventId((after ?? 0) + 1),
        ":last": "event#:",
      }),
    },
    limit,
    consistentRead: true,
  };
}

/**
 * A page ends before the first number that is missing. If it is the page's first number, it is not written yet, or it is
 * too old: then the error says where the log begins. DynamoDB removes old rows in any order.
 */
export function response(
  ctx: Context,
): Pick<AssetEventPage, "nextAfter" | "lastSeq"> & { items: AssetEvent[] } {
  if (ctx.error) {
    return internal();
  }
  const { items, nextToken } = ctx.result as Page<AssetEvent>;
  const { after, last } = ctx.stash as EventsStash;
  const begin = after ?? (items[0] ? items[0].seq - 1 : last);
  const gap = items.findIndex(({ seq }, index) => seq !== begin + index + 1);
  const whole = gap < 0 ? items : items.slice(0, gap);
  if (whole.length === 0 && begin < last) {
    return expired((items[0]?.seq ?? last + 1) + 0);
  }
  const more = !!nextToken || gap >= 0;
  const end = whole[whole.length - 1]?.seq ?? null;
  // Events may have been written since the counter was read.
  return { items: whole, nextAfter: more ? end : null, lastSeq: Math.max(last, end ?? last) };
}

const expired = (firstSeq: number): never =>
  util.error(
    `after: earlier events were removed; list the assets, then read the events after ${firstSeq - 1}`,
    "EventsExpired",
    null,
    { firstSeq },
  );
