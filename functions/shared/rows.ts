import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Condition, prefixed } from "./conditional.ts";

/** Whole rows of a table with the keys `ownerId` and `id`. */
export interface Rows {
  read(ownerId: string, id: string): Promise<Record<string, unknown> | undefined>;
  put(row: object, condition?: Condition): Promise<object>;
}

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
});
