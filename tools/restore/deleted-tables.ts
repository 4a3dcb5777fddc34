import {
  DescribeTableCommand,
  type DynamoDBClient,
  ListBackupsCommand,
  ResourceNotFoundException,
  RestoreTableFromBackupCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { type Clients, patience, type Stack } from "./stack.ts";

export interface RestoringTables {
  readonly clients: Clients;
  readonly stack: Stack;
  /** The newest backup until then, such as before an empty table was deployed and deleted again. */
  readonly at: Date | undefined;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Restores each table of the stack that does not exist, from the backup that DynamoDB made when it was deleted. */
export async function restoreDeletedTables({
  clients: { dynamodb: client },
  stack,
  at,
  dryRun,
  signal,
}: RestoringTables): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  for (const [name, TableName] of Object.entries(stack.tableNames)) {
    if (await exists(client, TableName)) {
      results[name] = "there";
      continue;
    }
    const BackupArn = await lastBackup(client, TableName, at);
    if (BackupArn === undefined) {
      results[name] = "lost: DynamoDB has no backup of it";
      continue;
    }
    results[name] = "restored";
    if (!dryRun) {
      await client.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: TableName }));
      await waitUntilTableExists(patience(client, signal), { TableName });
    }
  }
  return results;
}

async function exists(client: DynamoDBClient, TableName: string): Promise<boolean> {
  try {
    await client.send(new DescribeTableCommand({ TableName }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return false;
    }
    throw error;
  }
}

/** A table can have been deleted more than once. */
async function lastBackup(
  client: DynamoDBClient,
  TableName: string,
  until: Date | undefined,
): Promise<string | undefined> {
  const { BackupSummaries = [] } = await client.send(
    new ListBackupsCommand({ TableName, BackupType: "SYSTEM" }),
  );
  const made = ({ BackupCreationDateTime }: (typeof BackupSummaries)[number]) =>
    BackupCreationDateTime?.getTime() ?? 0;
  return BackupSummaries.filter((backup) => until === undefined || made(backup) <= until.getTime()).sort(
    (a, b) => made(b) - made(a),
  )[0]?.BackupArn;
}
