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
