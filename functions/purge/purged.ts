import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { RowKey } from "../../domain/messages.ts";
import { purgedAssets, purgedKey } from "../../domain/purged.ts";

/** The assets that were purged lately. */
export interface PurgedAssets {
  /** Remembers a purged asset until then (epoch milliseconds). */
  add(key: RowKey, until: number): Promise<void>;
  has(key: RowKey): Promise<boolean>;
}

export function purgedAssetsIn(client: DynamoDBClient, TableName: string): PurgedAssets {
  const keyOf = (key: RowKey) => marshall({ ownerId: purgedAssets, clientToken: purgedKey(key) });
  return {
    async add(key, until) {
      const Item = { ...keyOf(key), ...marshall({ expiresAt: Math.ceil(until / 1000) }) };
      await client.send(new PutItemCommand({ TableName, Item }));
    },
    async has(key) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName, Key: keyOf(key), ConsistentRead: true }),
      );
      return Item !== undefined;
    },
  };
}
