import { AwsError } from "../../base/service.ts";
import { type EngineClient, type Item, api } from "./client.ts";
import type { TableDefinition } from "./tables.ts";

/** Inputs of a restore that would change the new table and have no effect here. */
const overrides = ["ProvisionedThroughputOverride", "OnDemandThroughputOverride", "VectorIndexOverride"];

/** The time that a restore asks for, in epoch milliseconds. */
export function timeOf(input: Item, since: number): number {
  const { RestoreDateTime, UseLatestRestorableTime } = input;
  if ((RestoreDateTime === undefined) === (UseLatestRestorableTime !== true)) {
    throw new AwsError(
      "ValidationException",
      "One and only one of RestoreDateTime and UseLatestRestorableTime must be given",
    );
  }
  const at = RestoreDateTime === undefined ? Date.now() : Number(RestoreDateTime) * 1000;
  // Times have whole seconds in AWS's answers, so a time within the first second is taken.
  if (!(at >= since - 1000 && at <= Date.now())) {
    throw new AwsError(
      "InvalidRestoreTimeException",
      "RestoreDateTime must be between EarliestRestorableDateTime and LatestRestorableDateTime",
    );
  }
  return Math.max(at, since);
}

/** Throws for a new table that AWS, or this DynamoDB, does not make. */
export function refuseTarget(input: Item, name: string): void {
  if (!/^[a-zA-Z0-9_.-]{3,255}$/.test(name)) {
    throw new AwsError(
      "ValidationException",
      "TableName must be at least 3 characters long and at most 255 characters long, of a-z, A-Z, 0-9, '_', '-' and '.'",
    );
  }
  const given = overrides.find((override) => override in input);
  if (given !== undefined) {
    throw new AwsError("UnsupportedOperation", `${given} is not supported by the local DynamoDB.`);
  }
}

/** A restore can leave indexes out, and cannot add any. */
export function restoredDefinition(source: TableDefinition, TableName: string, input: Item): TableDefinition {
  const { KeySchema, AttributeDefinitions, BillingMode, ProvisionedThroughput } = source;
  const kept = (indexes: TableDefinition["GlobalSecondaryIndexes"], override: unknown) => {
    const names = (override as { IndexName: string }[] | undefined)?.map(({ IndexName }) => IndexName);
    return (indexes ?? []).filter(({ IndexName }) => names === undefined || names.includes(IndexName));
  };
  const globals = kept(source.GlobalSecondaryIndexes, input["GlobalSecondaryIndexOverride"]);
  const locals = kept(source.LocalSecondaryIndexes, input["LocalSecondaryIndexOverride"]);
  const used = new Set(
    [source, ...globals, ...locals].flatMap((each) =>
      each.KeySchema.map(({ AttributeName }) => AttributeName),
    ),
  );
  return {
    TableName,
    KeySchema,
    ...(BillingMode !== undefined && { BillingMode }),
    ...(ProvisionedThroughput !== undefined && { ProvisionedThroughput }),
    AttributeDefinitions: AttributeDefinitions.filter(({ AttributeName }) => used.has(AttributeName)),
    ...(globals.length > 0 && { GlobalSecondaryIndexes: globals }),
    ...(locals.length > 0 && { LocalSecondaryIndexes: locals }),
  };
}

/** A batch has 25 items at most. */
export async function writeAll(
  client: EngineClient,
  tableName: string,
  items: Iterable<Item>,
): Promise<void> {
  let batch: object[] = [];
  const flush = async () => {
    if (batch.length > 0) {
      await client.send(api, "BatchWriteItem", { RequestItems: { [tableName]: batch } });
      batch = [];
    }
  };
  for (const Item of items) {
    batch.push({ PutRequest: { Item } });
    if (batch.length === 25) {
      await flush();
    }
  }
  await flush();
}
