import { setTimeout as pause } from "node:timers/promises";
import { AwsError, type Clock, type Log } from "../../base/service.ts";
import { api, type EngineClient, type Item } from "./client.ts";
import type { ExpiredItems } from "./expired-items.ts";
import type { Table } from "./tables.ts";

export interface ExpiryOptions {
  readonly client: EngineClient;
  readonly tables: readonly Table[];
  /** False for a table that was deleted. */
  readonly exists: (table: Table) => boolean;
  readonly expired: ExpiredItems;
  /** Is called after deletions with the name of their table. */
  readonly deleted: (tableName: string) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** The pause between two searches for expired items. */
  readonly intervalMs: number;
}

interface ExpiringTable extends Table {
  readonly ttlAttribute: string;
}

/** How many items one request reads. Other requests run between two of them. */
const pageSize = 500;
/** AWS does not delete an item whose TTL is further in the past. In seconds. */
const maxAge = 5 * 365.25 * 86_400;

/**
 * Deletes items some time after the number in their TTL attribute has passed, in seconds since the epoch.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export class Expiry {
  readonly #options: ExpiryOptions;
  readonly #tables: readonly ExpiringTable[];
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: ExpiryOptions) {
    this.#options = options;
    this.#tables = options.tables.filter(hasTtl);
  }

  /** Searches immediately, for items that expired while the cloud was down, and then at each interval. */
  start(): void {
    if (this.#tables.length > 0) {
      this.#running = this.#run();
    }
  }

  /** Settles when the deletion under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { intervalMs, expired, clock, log } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      expired.prune(clock());
      for (const table of this.#tables.filter((one) => this.#options.exists(one))) {
        await this.#deleteExpired(table).catch((error: unknown) => {
          if (!signal.aborted) {
            log.error("expired items cannot be deleted", { table: table.name, error: String(error) });
          }
        });
      }
      await pause(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #deleteExpired(table: ExpiringTable): Promise<void> {
    const { client, clock, deleted } = this.#options;
    const { signal } = this.#stopping;
    const now = Math.floor(clock() / 1000);
    let start: unknown;
    do {
      const page = await client.send(api, "Scan", scanOf(table, now, start), signal);
      let count = 0;
      for (const item of page["Items"] as Item[]) {
        count += Number(!signal.aborted && (await this.#delete(table, item)));
      }
      if (count > 0) {
        deleted(table.name);
      }
      start = page["LastEvaluatedKey"];
    } while (start !== undefined && !signal.aborted);
  }

  /** False if the item changed meanwhile. */
  async #delete({ name, keyNames, ttlAttribute, streamArn }: ExpiringTable, item: Item): Promise<boolean> {
    const { client, expired, clock } = this.#options;
    const key = Object.fromEntries(keyNames.map((keyName) => [keyName, item[keyName]]));
    const { N: expiresAt } = item[ttlAttribute] as { N: string };
    const mark =
      streamArn === undefined ? undefined : expired.mark({ tableName: name, key, expiresAt }, clock());
    try {
      await client.send(api, "DeleteItem", {
        TableName: name,
        Key: key,
        ConditionExpression: "#ttl = :expiresAt",
        ExpressionAttributeNames: { "#ttl": ttlAttribute },
        ExpressionAttributeValues: { ":expiresAt": { N: expiresAt } },
      });
      return true;
    } catch (error) {
      if (error instanceof AwsError && error.code === "ConditionalCheckFailedException") {
        if (mark !== undefined) {
          expired.unmark(mark);
        }
        return false;
      }
      // The item may have been deleted all the same, so the mark stays.
      throw error;
    }
  }
}

const hasTtl = (table: Table): table is ExpiringTable => table.ttlAttribute !== undefined;

/** A comparison of an attribute that is not a Number with a Number is false. */
function scanOf({ name, keyNames, ttlAttribute }: ExpiringTable, now: number, start: unknown): Item {
  const attributes = [...new Set([ttlAttribute, ...keyNames])];
  return {
    TableName: name,
    Limit: pageSize,
    FilterExpression: "#0 < :now AND #0 > :oldest",
    ProjectionExpression: attributes.map((_, index) => `#${index}`).join(", "),
    ExpressionAttributeNames: Object.fromEntries(
      attributes.map((attribute, index) => [`#${index}`, attribute]),
    ),
    ExpressionAttributeValues: { ":now": { N: String(now) }, ":oldest": { N: String(now - maxAge) } },
    ...(start !== undefined && { ExclusiveStartKey: start }),
  };
}
