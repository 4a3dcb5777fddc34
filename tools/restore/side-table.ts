import {
  type AttributeValue,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  paginateScan,
  RestoreTableToPointInTimeCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";

import { patience } from "./stack.ts";

export type Row = Record<string, AttributeValue>;

/**
 * The table as it was at a time, in a table beside it, for as long as `use` runs. It has no indexes, because it is only
 * scanned: DynamoDB restores a table without indexes faster.
 */
export async function withTableAt<Result>(
  client: DynamoDBClient,
  { table, at, signal }: { readonly table: string; readonly at: Date; readonly signal: AbortSignal },
  use: (rows: AsyncIterable<Row>) => Promise<Result>,
): Promise<Result> {
  const TargetTableName = `${table}-at-${at.toISOString().replace(/[^0-9]/g, "")}`;
  await client.send(
    new RestoreTableToPointInTimeCommand({
      ...{ SourceTableName: table, TargetTableName, RestoreDateTime: at },
      GlobalSecondaryIndexOverride: [],
    }),
  );
  await waitUntilTableExists(patience(client, signal), { TableName: TargetTableName });
  try {
    return await use(rowsOf(client, TargetTableName, signal));
  } finally {
    await client.send(new DeleteTableCommand({ TableName: TargetTableName }));
    await waitUntilTableNotExists(patience(client, AbortSignal.timeout(600_000)), {
      TableName: TargetTableName,
    });
  }
}

async function* rowsOf(client: DynamoDBClient, TableName: string, signal: AbortSignal): AsyncIterable<Row> {
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    signal.throwIfAborted();
    yield* Items;
  }
}

/** Names of the attributes of a table's key. */
export async function keyOf(client: DynamoDBClient, TableName: string): Promise<string[]> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  return (Table?.KeySchema ?? []).map(({ AttributeName = "" }) => AttributeName);
}
