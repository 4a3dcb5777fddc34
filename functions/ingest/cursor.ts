import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { held } from "../shared/conditional.ts";

/** How far a walk has come that takes many runs. Empty at its beginning. */
export interface Cursor {
  read(): Promise<string>;
  /** False if another run has moved it from where this one started. */
  move(from: string, to: string): Promise<boolean>;
}

export function cursorIn(client: DynamoDBClient, table: string, id: string): Cursor {
  const row = { TableName: table, Key: { id: { S: id } } };
  return {
    async read() {
      const { Item } = await client.send(new GetItemCommand({ ...row, ConsistentRead: true }));
      return Item?.["after"]?.S ?? "";
    },
    move: async (from, to) => {
      const moved = await held(
        client.send(
          new UpdateItemCommand({
            ...row,
            UpdateExpression: "SET #after = :to",
            ConditionExpression:
              from === "" ? "attribute_not_exists(#after) OR #after = :from" : "#after = :from",
            ExpressionAttributeNames: { "#after": "after" },
            ExpressionAttributeValues: { ":from": { S: from }, ":to": { S: to } },
          }),
        ),
      );
      return moved !== undefined;
    },
  };
}
