import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type AssetEvent, eventId } from "../../domain/event.ts";

/** An event before it has its number. */
export type UnnumberedEvent = Omit<AssetEvent, "seq">;

/** Gives events of one owner their numbers, in order. */
export type Sequence = (ownerId: string, events: readonly UnnumberedEvent[]) => Promise<AssetEvent[]>;

/** How often a transaction is tried again after another writer took the number. */
const tries = 8;

/** Owners whose last number is remembered. */
const mostOwners = 10_000;

/** A transaction holds 100 writes: the counter, and two rows an event. */
const mostAtOnce = 49;

/**
 * The event log. Per owner it holds a counter, each event under its number, and under each change of an asset the
 * number that it got: so a change that the stream repeats is found, not numbered again, and no number is left out.
 */
export function sequenceIn(client: DynamoDBClient, table: string): Sequence {
  const log = eventLog(client, table);
  /** What this function wrote last for an owner: right unless another has written since, which the write finds out. */
  const lasts = new Map<string, number>();

  async function number(ownerId: string, events: readonly UnnumberedEvent[]): Promise<AssetEvent[]> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      // The stream seldom repeats: what is not new shows when the first transaction is refused.
      const known = attempt === 0 ? [] : await Promise.all(events.map((event) => log.find(event)));
      const fresh = events.filter((_, index) => known[index] === undefined);
      if (fresh.length === 0) {
        return known.filter((event) => event !== undefined);
      }
      const last = (attempt === 0 ? lasts.get(ownerId) : undefined) ?? (await log.last(ownerId));
      const numbered = fresh.map((event, index) => ({ ...event, seq: last + index + 1 }));
      if (await log.append(ownerId, last, numbered)) {
        if (lasts.size >= mostOwners) {
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
    for (let from = 0; from < events.length; from += mostAtOnce) {
      numbered.push(...(await number(ownerId, events.slice(from, from + mostAtOnce))));
    }
    return numbered;
  };
}

function eventLog(client: DynamoDBClient, table: string) {
  const read = async (ownerId: string, id: string): Promise<Record<string, unknown> | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: marshall({ ownerId, id }), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  };
  const put = (item: Record<string, unknown>): TransactWriteItem => ({
    Put: {
      TableName: table,
      Item: marshall(item, { removeUndefinedValues: true }),
      ConditionExpression: "attribute_not_exists(id)",
    },
  });
  return {
    /** The event that a change has become, if it has. */
    async find(event: UnnumberedEvent): Promise<AssetEvent | undefined> {
      const seq = (await read(event.ownerId, changeId(event)))?.["seq"];
      return typeof seq === "number" ? { ...event, seq } : undefined;
    },
    async last(ownerId: string): Promise<number> {
      return Number((await read(ownerId, counterId))?.["seq"] ?? 0);
    },
    /** Writes events and counter together; false if another writer was first. */
    async append(ownerId: string, last: number, events: readonly AssetEvent[]): Promise<boolean> {
      const counter: TransactWriteItem = {
        Put: {
          TableName: table,
          Item: marshall({ ownerId, id: counterId, seq: last + events.length }),
          ConditionExpression: last === 0 ? "attribute_not_exists(id)" : "seq = :last",
          ...(last > 0 && { ExpressionAttributeValues: marshall({ ":last": last }) }),
        },
      };
      const rows = events.flatMap((event) => [
        put({ ...event, id: eventId(event.seq) }),
        put({ ownerId, id: changeId(event), seq: event.seq }),
      ]);
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems: [counter, ...rows] }));
        return true;
      } catch (error) {
        if (error instanceof TransactionCanceledException) {
          return false;
        }
        throw error;
      }
    },
  };
}

const counterId = "counter";

/** A version of an asset is written once; its removal has no version of its own. */
const changeId = ({ assetId, type, asset }: UnnumberedEvent): string =>
  `change#${assetId}#${type === "PURGED" ? type : asset.version}`;

function absent(event: UnnumberedEvent): never {
  throw new Error(`No number for ${changeId(event)}`);
}
