import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Asset, stored } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";

/** The attributes of an asset that a download needs. */
export type StoredAsset = Pick<Asset, "ownerId" | "id" | "contentType" | "filename" | "renditions">;

/** Reads the assets whose object may be downloaded now. The keys must be different. */
export type FindStored = (keys: readonly RowKey[]) => Promise<StoredAsset[]>;

/** DynamoDB's limit for one BatchGetItem. */
const maxBatch = 100;

/** Maximum number of reads of rows that DynamoDB left unprocessed, and the first wait between them (milliseconds). */
const maxTries = 5;
const firstWait = 20;

/** Reads are consistent, so an asset that was just deleted is not found. */
export const storedAssets =
  (client: DynamoDBClient, table: string): FindStored =>
  async (keys) => {
    const pages = Array.from({ length: Math.ceil(keys.length / maxBatch) }, (_, page) =>
      keys.slice(page * maxBatch, (page + 1) * maxBatch).map(({ ownerId, id }) => marshall({ ownerId, id })),
    );
    const rows = await Promise.all(pages.map((page) => readAll(client, table, page)));
    return rows.flat().filter(({ state }) => stored.includes(state));
  };

type Key = Record<string, AttributeValue>;

/** Repeats the read for unprocessed keys, because a row that was not read is not a missing row. */
async function readAll(client: DynamoDBClient, table: string, keys: readonly Key[]): Promise<Asset[]> {
  const rows: Asset[] = [];
  let open: readonly Key[] = keys;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt === maxTries) {
      throw new Error(`${open.length} rows could not be read`);
    }
    if (attempt > 0) {
      await new Promise((resolve) => setTimeout(resolve, firstWait * 2 ** attempt * Math.random()));
    }
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [table]: {
            Keys: [...open],
            ConsistentRead: true,
            ProjectionExpression: "ownerId, id, #state, contentType, filename, renditions",
            ExpressionAttributeNames: { "#state": "state" },
          },
        },
      }),
    );
    rows.push(...(Responses?.[table] ?? []).map((row) => unmarshall(row) as Asset));
    open = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return rows;
}
