import { setTimeout as pause } from "node:timers/promises";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";

/** All rows of one owner in a table whose partition key is `ownerId`. */
export interface Partitions {
  count(ownerId: string): Promise<number>;
  /** Removes the rows whose sort keys begin with a prefix, or all, unless the time is over before. */
  removeAll(ownerId: string, prefix?: string, options?: RemovingRows): Promise<void>;
}

interface RemovingRows {
  readonly hasTime?: () => boolean;
  /** Called with the rows of each batch, before they are removed and after it. */
  readonly around?: (rows: Record<string, unknown>[]) => Promise<unknown>;
  /** Attributes that `around` needs, besides the key. */
  readonly attributes?: readonly string[];
}

type Key = Record<string, AttributeValue>;

/** DynamoDB's limit for one BatchWriteItem. */
const maxBatch = 25;

/** How often a batch is tried of which DynamoDB leaves rows unprocessed, and the first wait (milliseconds). */
const maxTries = 6;
const firstWait = 50;

export function partitionsIn(client: DynamoDBClient, TableName: string, sortKey = "id"): Partitions {
  const query = (ownerId: string, prefix = "") => ({
    TableName,
    KeyConditionExpression: `ownerId = :owner${prefix && ` AND begins_with(${sortKey}, :prefix)`}`,
    ExpressionAttributeValues: marshall({ ":owner": ownerId, ...(prefix && { ":prefix": prefix }) }),
    ConsistentRead: true,
  });
  const keyOf = (item: Key): Key =>
    Object.fromEntries(Object.entries(item).filter(([name]) => name === "ownerId" || name === sortKey));
  return {
    async count(ownerId) {
      let count = 0;
      let from: Key | undefined;
      do {
        const page = await client.send(
          new QueryCommand({ ...query(ownerId), Select: "COUNT", ExclusiveStartKey: from }),
        );
        count += page.Count ?? 0;
        from = page.LastEvaluatedKey;
      } while (from);
      return count;
    },
    async removeAll(ownerId, prefix, { hasTime = () => true, around, attributes = [] } = {}) {
      let from: Key | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new QueryCommand({
            ...query(ownerId, prefix),
            ProjectionExpression: ["ownerId", sortKey, ...attributes].join(", "),
            ExclusiveStartKey: from,
          }),
        );
        for (let first = 0; first < Items.length && hasTime(); first += maxBatch) {
          const batch = Items.slice(first, first + maxBatch);
          await around?.(batch.map((item) => unmarshall(item)));
          await removeBatch(client, TableName, batch.map(keyOf));
          await around?.(batch.map((item) => unmarshall(item)));
        }
        from = LastEvaluatedKey;
      } while (from && hasTime());
    },
  };
}

/** Throws if rows are left, which DynamoDB does while it throttles. */
async function removeBatch(client: DynamoDBClient, table: string, keys: readonly Key[]): Promise<void> {
  let requests = keys.map((Key) => ({ DeleteRequest: { Key } }));
  for (let attempt = 0; requests.length > 0; attempt += 1) {
    if (attempt === maxTries) {
      throw new Error(`${requests.length} rows were not removed`);
    }
    if (attempt > 0) {
      await pause(firstWait * 2 ** attempt * Math.random());
    }
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
    );
    requests = (UnprocessedItems[table] ?? []).flatMap(({ DeleteRequest }) =>
      DeleteRequest?.Key ? [{ DeleteRequest: { Key: DeleteRequest.Key } }] : [],
    );
  }
}
