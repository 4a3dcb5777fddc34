import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Asset } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";
import { updateExpression } from "../../domain/update.ts";
import { held, namesIn, prefixed } from "./conditional.ts";

/** A conditional write to one row: `when` is a DynamoDB condition over `#attribute` and `:value` names. */
export interface AssetWrite {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly (keyof Asset)[];
  readonly when: string;
  /** Values of the condition that `set` does not have. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** The assets table, as the functions use it. */
export interface Assets {
  get(key: RowKey): Promise<Asset | undefined>;
  /** Reads many at once, in any order; an answer may be missing though its row is there. */
  getMany(keys: readonly RowKey[]): Promise<Asset[]>;
  /** Writes, counting the version; false if the condition did not hold. */
  update(key: RowKey, write: AssetWrite): Promise<boolean>;
  /** Removes the row; false if the condition did not hold. */
  remove(key: RowKey, write: Pick<AssetWrite, "when" | "values">): Promise<boolean>;
}

/** DynamoDB reads no more rows at once. */
const mostAtOnce = 100;

export function assetsTable(client: DynamoDBClient, table: string, now: () => Date): Assets {
  return {
    async get({ ownerId, id }) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: marshall({ ownerId, id }), ConsistentRead: true }),
      );
      return Item && asAsset(Item);
    },
    async getMany(keys) {
      const pages = Array.from({ length: Math.ceil(keys.length / mostAtOnce) }, (_, page) =>
        keys.slice(page * mostAtOnce, (page + 1) * mostAtOnce),
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
    async update({ ownerId, id }, write) {
      const { expression, names, values } = updateExpression({
        set: { ...write.set, updatedAt: now().toISOString() },
        increment: ["version"],
        remove: [...(write.remove ?? [])],
      });
      const written = await held(
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: marshall({ ownerId, id }),
            UpdateExpression: expression,
            ConditionExpression: write.when,
            ExpressionAttributeNames: { ...names, ...namesIn(write.when) },
            ExpressionAttributeValues: marshall(
              { ...values, ...prefixed(write.values) },
              { removeUndefinedValues: true },
            ),
          }),
        ),
      );
      return written !== undefined;
    },
    async remove({ ownerId, id }, { when, values }) {
      const removed = await held(
        client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: marshall({ ownerId, id }),
            ConditionExpression: when,
            ExpressionAttributeNames: namesIn(when),
            ...(values && { ExpressionAttributeValues: marshall(prefixed(values)) }),
          }),
        ),
      );
      return removed !== undefined;
    },
  };
}

/** A row of the table, or an image of one in its stream. */
export const asAsset = (item: Record<string, AttributeValue>): Asset => unmarshall(item) as Asset;
