import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Condition, prefixed } from "./conditional.ts";

/** Whole rows of a table with the keys `ownerId` and `id`. */
export interface Rows {
  read(ownerId: string, id: string): Promise<Record<string, unknown> | undefined>;
  put(row: object, condition?: Condition): Promise<object>;
  /** Removes all rows of an owner whose ids begin with a prefix. Returns how many. */
  removeAll(ownerId: string, prefix: string): Promise<number>;
}

/** DynamoDB's limit for one BatchWriteItem. */
const maxBatch = 25;

export const rowsIn = (client: DynamoDBClient, TableName: string): Rows => ({
  async read(ownerId, id) {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: marshall({ ownerId, id }), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  },
  put: (row, condition) =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: marshall(row, { removeUndefinedValues: true }),
        ConditionExpression: condition?.when,
        ...(condition?.values && { ExpressionAttributeValues: marshall(prefixed(condition.values)) }),
        ...(condition && { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
      }),
    ),
  async removeAll(ownerId, prefix) {
    let removed = 0;
    let from: Record<string, AttributeValue> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "ownerId = :owner AND begins_with(id, :prefix)",
          ProjectionExpression: "ownerId, id",
          ExpressionAttributeValues: marshall({ ":owner": ownerId, ":prefix": prefix }),
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      for (let first = 0; first < Items.length; first += maxBatch) {
        await removeBatch(client, TableName, Items.slice(first, first + maxBatch));
      }
      removed += Items.length;
      from = LastEvaluatedKey;
    } while (from);
    return removed;
  },
});

/** Throws if rows are left, which DynamoDB does when it throttles. */
async function removeBatch(
  client: DynamoDBClient,
  TableName: string,
  keys: readonly Record<string, AttributeValue>[],
): Promise<void> {
  const requests = keys.map((Key) => ({ DeleteRequest: { Key } }));
  const { UnprocessedItems = {} } = await client.send(
    new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }),
  );
  const left = UnprocessedItems[TableName]?.length ?? 0;
  if (left > 0) {
    throw new Error(`${left} rows were not removed`);
  }
}
