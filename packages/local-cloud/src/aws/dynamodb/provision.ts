import { setTimeout as pause } from "node:timers/promises";
import { AwsError } from "../../base/service.ts";
import { api, type EngineClient } from "./client.ts";
import type { IndexDefinition, Table, TableDefinition } from "./tables.ts";

/** The ARNs of a table and its stream in the engine. */
export interface EngineNames {
  readonly tableArn: string;
  readonly streamArn: string | undefined;
}

interface Description extends TableDefinition {
  readonly TableArn: string;
  readonly LatestStreamArn?: string;
  readonly GlobalSecondaryIndexes?: readonly (IndexDefinition & { readonly IndexStatus: string })[];
}

/**
 * Creates the declared table in the engine, or changes its indexes, stream and TTL to those declared. Throws
 * `TableMismatch` if the declared keys differ from those of the existing table: keys cannot change.
 */
export async function provision(client: EngineClient, table: Table): Promise<EngineNames> {
  const { definition, name } = table;
  const found = await describe(client, name);
  if (found === undefined) {
    await client.send(api, "CreateTable", { ...definition });
  } else {
    checkKeys(found, definition);
    await changeIndexes(client, found, definition);
    await changeStream(client, found, definition);
  }
  await changeTtl(client, table);
  const made = await describe(client, name);
  if (made === undefined) {
    throw new AwsError("EngineFailure", `The engine lost table ${name}.`, 500);
  }
  const streaming = made.StreamSpecification?.StreamEnabled === true;
  return { tableArn: made.TableArn, streamArn: streaming ? made.LatestStreamArn : undefined };
}

async function describe(client: EngineClient, name: string): Promise<Description | undefined> {
  try {
    return (await client.send(api, "DescribeTable", { TableName: name }))["Table"] as Description;
  } catch (error) {
    if (error instanceof AwsError && error.code === "ResourceNotFoundException") {
      return undefined;
    }
    throw error;
  }
}

function checkKeys(found: TableDefinition, declared: TableDefinition): void {
  const [is, wanted] = [fixedParts(found), fixedParts(declared)];
  if (is === wanted) {
    return;
  }
  throw new AwsError(
    "TableMismatch",
    `Table ${declared.TableName}: the data folder holds it with ${is}, the program declares ${wanted}. Keys cannot change: declare them as they were, or start with another data folder.`,
    409,
  );
}

/** The parts that no table can change, as text that can be compared: `id S HASH; byDate: id S HASH, at S RANGE`. */
function fixedParts(table: TableDefinition): string {
  const types = new Map(table.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]));
  const words = ({ KeySchema }: Pick<TableDefinition, "KeySchema">) =>
    KeySchema.map(
      ({ AttributeName, KeyType }) => `${AttributeName} ${types.get(AttributeName) ?? "?"} ${KeyType}`,
    ).join(", ");
  const locals = (table.LocalSecondaryIndexes ?? []).map((index) => `${index.IndexName}: ${words(index)}`);
  return [words(table), ...locals.sort()].join("; ");
}

async function changeIndexes(
  client: EngineClient,
  found: Description,
  declared: TableDefinition,
): Promise<void> {
  const wanted = declared.GlobalSecondaryIndexes ?? [];
  const kept = (found.GlobalSecondaryIndexes ?? []).filter((index) =>
    wanted.some((one) => sameIndex(one, index)),
  );
  // As on AWS, one request makes one change.
  for (const { IndexName } of found.GlobalSecondaryIndexes ?? []) {
    if (!kept.some((index) => index.IndexName === IndexName)) {
      await updateIndex(client, declared, { Delete: { IndexName } });
    }
  }
  for (const index of wanted) {
    if (!kept.some((one) => one.IndexName === index.IndexName)) {
      await updateIndex(client, declared, { Create: index });
    }
  }
}

async function updateIndex(client: EngineClient, declared: TableDefinition, update: object): Promise<void> {
  await client.send(api, "UpdateTable", {
    TableName: declared.TableName,
    AttributeDefinitions: declared.AttributeDefinitions,
    GlobalSecondaryIndexUpdates: [update],
  });
  const settled = async () => {
    const indexes = (await describe(client, declared.TableName))?.GlobalSecondaryIndexes ?? [];
    return indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE");
  };
  while (!(await settled())) {
    await pause(20);
  }
}

function sameIndex(a: IndexDefinition, b: IndexDefinition): boolean {
  const words = ({ IndexName, KeySchema, Projection }: IndexDefinition) =>
    JSON.stringify([
      IndexName,
      KeySchema.map(({ AttributeName, KeyType }) => [AttributeName, KeyType]),
      Projection.ProjectionType,
      [...(Projection.NonKeyAttributes ?? [])].sort(),
    ]);
  return words(a) === words(b);
}

/** A stream's view type cannot change, so the stream is replaced. */
async function changeStream(
  client: EngineClient,
  found: Description,
  declared: TableDefinition,
): Promise<void> {
  const view = (table: TableDefinition) =>
    table.StreamSpecification?.StreamEnabled === true ? table.StreamSpecification.StreamViewType : undefined;
  if (view(found) === view(declared)) {
    return;
  }
  const update = (StreamSpecification: object) =>
    client.send(api, "UpdateTable", { TableName: declared.TableName, StreamSpecification });
  if (view(found) !== undefined) {
    await update({ StreamEnabled: false });
  }
  if (declared.StreamSpecification !== undefined) {
    await update(declared.StreamSpecification);
  }
}

async function changeTtl(client: EngineClient, { name, ttlAttribute }: Table): Promise<void> {
  const { TimeToLiveDescription } = await client.send(api, "DescribeTimeToLive", { TableName: name });
  const found = TimeToLiveDescription as { TimeToLiveStatus?: string; AttributeName?: string } | undefined;
  const current = found?.TimeToLiveStatus?.startsWith("ENABL") === true ? found.AttributeName : undefined;
  if (current === ttlAttribute) {
    return;
  }
  const update = (Enabled: boolean, AttributeName: string) =>
    client.send(api, "UpdateTimeToLive", {
      TableName: name,
      TimeToLiveSpecification: { Enabled, AttributeName },
    });
  if (current !== undefined) {
    await update(false, current);
  }
  if (ttlAttribute !== undefined) {
    await update(true, ttlAttribute);
  }
}
