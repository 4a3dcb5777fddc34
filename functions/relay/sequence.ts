import type { DynamoDBClient, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type AssetEvent, counterId, eventId } from "../../domain/event.ts";
import { expiry, type Keeping } from "../shared/expiry.ts";
import { rowsIn } from "../shared/rows.ts";
import { cancelled } from "../shared/transaction.ts";

/** An event without a number. */
export type UnnumberedEvent = Omit<AssetEvent, "seq">;

/** Numbers the events of one owner, in order. */
export type Sequence = (ownerId: string, events: readonly UnnumberedEvent[]) => Promise<AssetEvent[]>;

/** Maximum number of transactions, if other writers take the numbers. */
const tries = 8;

/** Maximum number of owners whose last number is cached. */
const maxOwners = 10_000;

/** A change can be repeated for 30 days, from the bucket of failed changes. A row can be restored for 35 days. */
const minChangeDays = 40;

/** A transaction can have 100 writes: the counter, and two rows for each event. */
const maxBatch = 49;

/**
 * The event log. For each owner it has a counter, the events by number, and the number of each change of an asset. A
 * change that the stream repeats is found there and keeps its number, so the numbers have no gaps.
 */
export function sequenceIn(client: DynamoDBClient, table: string, keeping: Keeping): Sequence {
  const log = eventLog(client, table, keeping);
  /** The last number of each owner. If another writer has written since, the condition of the next write fails. */
  const lasts = new Map<string, number>();

  async function number(ownerId: string, events: readonly UnnumberedEvent[]): Promise<AssetEvent[]> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      // The stream repeats records rarely. If it does, the first transaction fails and the next try reads the numbers.
      const known = attempt === 0 ? [] : await Promise.all(events.map((event) => log.find(event)));
      const fresh = events.filter((_, index) => known[index] === undefined);
      if (fresh.length === 0) {
        return known.filter((event) => event !== undefined);
      }
      const last = (attempt === 0 ? lasts.get(ownerId) : undefined) ?? (await log.last(ownerId));
      const numbered = fresh.map((event, index) => ({ ...event, seq: last + index + 1 }));
      if (await log.append(ownerId, last, numbered)) {
        if (lasts.size >= maxOwners) {
          lasts.clear();
        }
        lasts.set(ownerId, last + numbered.length);
        return events.map((event, index) => known[index] ?? numbered[fresh.indexOf(event)] ?? absent(event));
      }
    }
    throw new Error(`The events of one owner could not be numbered in ${tries} tries`);
  }

  return async (ownerId, events) => {
    const numbered: AssetEvent[] = [];
    for (let from = 0; from < events.length; from += maxBatch) {
      numbered.push(...(await number(ownerId, events.slice(from, from + maxBatch))));
    }
    return numbered;
  };
}

function eventLog(client: DynamoDBClient, table: string, { days, now }: Keeping) {
  const rows = rowsIn(client, table);
  const put = (item: Record<string, unknown>): TransactWriteItem => ({
    Put: {
      TableName: table,
      Item: marshall(item, { removeUndefinedValues: true }),
      ConditionExpression: "attribute_not_exists(id)",
    },
  });
  return {
    /** The numbered event of a change, if it has a number. */
    async find(event: UnnumberedEvent): Promise<AssetEvent | undefined> {
      const seq = (await rows.read(event.ownerId, changeId(event)))?.["seq"];
      return typeof seq === "number" ? { ...event, seq } : undefined;
    },
    async last(ownerId: string): Promise<number> {
      return Number((await rows.read(ownerId, counterId))?.["seq"] ?? 0);
    },
    /** Writes events and counter in one transaction. False if another writer was first. */
    async append(ownerId: string, last: number, events: readonly AssetEvent[]): Promise<boolean> {
      const counter: TransactWriteItem = {
        Put: {
          TableName: table,
          Item: marshall({ ownerId, id: counterId, seq: last + events.length }),
          ConditionExpression: last === 0 ? "attribute_not_exists(id)" : "seq = :last",
          ...(last > 0 && { ExpressionAttributeValues: marshall({ ":last": last }) }),
        },
      };
      const ofEvents = expiry(days, now());
      const ofChanges = expiry(days === 0 ? 0 : Math.max(days, minChangeDays), now());
      const rows = events.flatMap((event) => [
        put({ ...event, id: eventId(event.seq), ...ofEvents }),
        put({ ownerId, id: changeId(event), seq: event.seq, ...ofChanges }),
      ]);
      return (await cancelled(client, [counter, ...rows])) === undefined;
    },
  };
}

/** Each version of an asset has one change. The removal of an asset has no version of its own. */
const changeId = ({ assetId, type, asset }: UnnumberedEvent): string =>
  `change#${assetId}#${type === "PURGED" ? type : asset.version}`;

function absent(event: UnnumberedEvent): never {
  throw new Error(`No number for ${changeId(event)}`);
}
