import { setTimeout } from "node:timers/promises";
import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";

/** Runs a transaction. Returns undefined if it was done, otherwise the code of each item, such as `ConditionalCheckFailed`. */
export async function cancelled(
  client: DynamoDBClient,
  TransactItems: TransactWriteItem[],
): Promise<string[] | undefined> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
    return undefined;
  } catch (error) {
    if (error instanceof TransactionCanceledException) {
      return (error.CancellationReasons ?? []).map(({ Code = "None" }) => Code);
    }
    throw error;
  }
}

/** Waits before another attempt, up to a second. */
export const pauseAfterConflict = (attempt: number): Promise<unknown> =>
  setTimeout(Math.min(20 * 2 ** attempt, 1000) * Math.random());
