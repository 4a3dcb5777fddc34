import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { type Condition, conditionalUpdate, held } from "../shared/conditional.ts";

/** The position and state of a walk that takes many runs. */
export interface Cursor<State> {
  read(): Promise<{ readonly state?: State; readonly step: number }>;
  /** False if another run has moved the cursor since `step` was read. */
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
    async move(step, next) {
      const update = conditionalUpdate({ set: { state: next, step: step + 1 } }, isAt(step));
      return (await held(client.send(new UpdateItemCommand({ ...row, ...update })))) !== undefined;
    },
  };
}

const isAt = (step: number): Condition =>
  step === 0 ? { when: "attribute_not_exists(#step)" } : { when: "#step = :seen", values: { seen: step } };
