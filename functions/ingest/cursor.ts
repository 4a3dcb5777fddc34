import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { held } from "../shared/conditional.ts";

/** Where a walk stands that takes many runs, and what it remembers. */
export interface Cursor<State> {
  read(): Promise<{ readonly state?: State; readonly step: number }>;
  /** False if another run has moved it since this one read it. */
  move(step: number, next: State): Promise<boolean>;
}

export function cursorIn<State extends object>(
  client: DynamoDBClient,
  table: string,
  id: string,
): Cursor<State> {
  const row = { TableName: table, Key: { id: { S: id } } };
  return {
    async read() {
      const { Item = {} } = await client.send(new GetItemCommand({ ...row, ConsistentRead: true }));
      const { state, step = 0 } = unmarshall(Item) as { state?: State; step?: number };
      return { ...(state && { state }), step };
    },
    move: async (step, next) => {
      const moved = await held(
        client.send(
          new UpdateItemCommand({
            ...row,
            UpdateExpression: "SET #state = :state, #step = :next",
            ConditionExpression: step === 0 ? "attribute_not_exists(#step)" : "#step = :step",
            ExpressionAttributeNames: { "#state": "state", "#step": "step" },
            ExpressionAttributeValues: marshall({
              ":state": next,
              ":next": step + 1,
              ...(step > 0 && { ":step": step }),
            }),
          }),
        ),
      );
      return moved !== undefined;
    },
  };
}
