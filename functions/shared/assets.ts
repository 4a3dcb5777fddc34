import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Asset } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";
import { type Condition, conditionalUpdate, held, namesIn, prefixed, type Values } from "./conditional.ts";
import { rowsIn } from "./rows.ts";

/** A conditional write to one row. The condition may use the values of `set`. */
export interface AssetWrite extends Condition {
  readonly set?: Values;
  readonly remove?: readonly (keyof Asset)[];
}

/** The assets table. */
export interface Assets {
  get(key: RowKey): Promise<Asset | undefined>;
  /** Reads many rows, in any order. An existing row can be missing in the answer. */
  getMany(keys: readonly RowKey[]): Promise<Asset[]>;
  /** Writes and increases the version. False if the condition failed. */
  update(key: RowKey, write: AssetWrite): Promise<boolean>;
  /** The same. Returns the row after the write, or undefined if the condition failed. */
  change(key: RowKey, write: AssetWrite): Promise<Asset | undefined>;
}

/** DynamoDB's limit for one BatchGetItem. */
const maxBatch = 100;

export function assetsTable(client: DynamoDBClient, table: string, now: () => Date): Assets {
  const rows = rowsIn(client, table);
  const change: Assets["change"] = async ({ ownerId, id }, write) => {
    const changes = {
      set: { ...write.set, updatedAt: now().toISOString() },
      increment: ["version"],
      remove: [...(write.remove ?? [])],
    };
    const written = await held(
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: marshall({ ownerId, id }),
          ...conditionalUpdate(changes, write),
          ReturnValues: "ALL_NEW",
        }),
      ),
    );
    return written && asAsset(written.Attributes ?? {});
  };
  return {
    get: async ({ ownerId, id }) => (await rows.read(ownerId, id)) as Asset | undefined,
    async getMany(keys) {
      const pages = Array.from({ length: Math.ceil(keys.length / maxBatch) }, (_, page) =>
        keys.slice(page * maxBatch, (page + 1) * maxBatch),
      );
      const answers = await Promise.all(
        pages.map((page) => {
          const Keys = page.map(({ ownerId, id }) => marshall({ ownerId, id }));
          return client.send(
            new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
          );
        }),
      );
      return answers.flatMap(({ Responses }) => (Responses?.[table] ?? []).map(asAsset));
    },
    update: async (key, write) => (await change(key, write)) !== undefined,
    change,
  };
}

/** The inputs of a conditional DeleteItem. */
export const removal = ({ ownerId, id }: RowKey, { when, values }: Condition) => ({
  Key: marshall({ ownerId, id }),
  ConditionExpression: when,
  ExpressionAttributeNames: namesIn(when),
  ...(values && { ExpressionAttributeValues: marshall(prefixed(values)) }),
});

/** Converts a row of the table, or an image of a row in its stream. */
export const asAsset = (item: Record<string, AttributeValue>): Asset => unmarshall(item) as Asset;
