import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Asset, stored } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";

/** What a download needs of an asset. */
export type StoredAsset = Pick<Asset, "ownerId" | "id" | "contentType" | "filename">;

/** Finds those of the assets whose object may be shown now. The keys differ. */
export type FindStored = (keys: readonly RowKey[]) => Promise<StoredAsset[]>;

/** DynamoDB reads no more rows at once. */
const mostAtOnce = 100;

/** How often rows are asked for that DynamoDB was too busy to read, and the first wait between (milliseconds). */
const mostTries = 5;
const firstWait = 20;

/** Consistent reads: an asset that was deleted a moment ago is not found. */
export const storedAssets =
  (client: DynamoDBClient, table: string): FindStored =>
  async (keys) => {
    const pages = Array.from({ length: Math.ceil(keys.length / mostAtOnce) }, (_, page) =>
      keys
        .slice(page * mostAtOnce, (page + 1) * mostAtOnce)
        .map(({ ownerId, id }) => marshall({ ownerId, id })),
    );
    const rows = await Promise.all(pages.map((page) => readAll(client, table, page)));
    return rows.flat().filter(({ state }) => stored.includes(state));
  };

type Key = Record<string, AttributeValue>;

/** DynamoDB may leave rows of a batch unread. None counts as hidden for that. */
async function readAll(client: DynamoDBClient, table: string, keys: readonly Key[]): Promise<Asset[]> {
  const rows: Asset[] = [];
  let open: readonly Key[] = keys;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt === mostTries) {
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
            ProjectionExpression: "ownerId, id, #state, contentType, filename",
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
