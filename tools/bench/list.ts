import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type Asset, stateId } from "../../domain/asset.ts";
import { dueShard, wait } from "../../domain/due.ts";
import { createClient } from "../../packages/local-cloud/src/aws/dynamodb/client.ts";
import { startEngine } from "../../packages/local-cloud/src/aws/dynamodb/engine.ts";
import { readTables, type Table } from "../../packages/local-cloud/src/aws/dynamodb/tables.ts";
import { evaluate } from "../../packages/local-cloud/src/engine/evaluate.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { bootCloud, type RemoteCloud, root } from "./cloud.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { load } from "./load.ts";
import { median, quantile, round, sum } from "./statistics.ts";

const allSizes = [100, 10_000, 100_000];
const log = createLog("silent", () => undefined);

/** The first page of an owner's list, by the number of the owner's assets. */
export async function list({ rounds, profile, smoke }: Options): Promise<Figure> {
  const sizes = smoke ? [5, 30] : allSizes;
  const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-"));
  // Another process uses its port, so it must not have a network namespace of its own.
  const engine = await startEngine({ folder }, log, false);
  try {
    const table = assetsTable(readTables(await evaluate({ root, stack: "dev", log })));
    await fill(engine.endpoint, table, sizes);
    const environment = { DYNAMODB_ENDPOINT: engine.endpoint.href };
    const cloud = await bootCloud({ profile, environment });
    try {
      return {
        title: "listAssets, first page of 20, by the owner's number of assets",
        bar: "flat",
        rows: await measure(cloud, table.name, { rounds, sizes, seconds: smoke ? 0.2 : 3 }),
        notes: ["One connection. Capacity is the engine's count for the same query by the resolver's role."],
      };
    } finally {
      await cloud.stop();
    }
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function assetsTable(tables: readonly Table[]): Table {
  const table = tables.find(({ indexHashKeys }) => indexHashKeys.has("live"));
  if (!table) {
    throw new Error("The program declares no table with an index live");
  }
  return table;
}

const ownerOf = (size: number) => `owner-of-${size}`;

/** Writes the rows before the table has a stream: the boot enables it, and existing rows cause no events. */
async function fill(endpoint: URL, { name, definition }: Table, sizes: readonly number[]): Promise<void> {
  const client = createClient(endpoint);
  const api = "DynamoDB_20120810";
  await client.send(api, "CreateTable", { ...definition, StreamSpecification: undefined });
  const rows = sizes.flatMap((size) =>
    Array.from({ length: size }, (_, at) => rowOfAsset(ownerOf(size), at)),
  );
  const writer = async () => {
    for (let batch = rows.splice(-25); batch.length > 0; batch = rows.splice(-25)) {
      const requests = batch.map((row) => ({ PutRequest: { Item: marshall(row) } }));
      await client.send(api, "BatchWriteItem", { RequestItems: { [name]: requests } });
    }
  };
  await Promise.all(Array.from({ length: 4 }, writer));
  client.close();
}

function rowOfAsset(ownerId: string, at: number): Asset {
  const id = String(at).padStart(26, "0");
  const time = new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();
  return {
    ...{ ownerId, id, filename: `picture-${at}.jpg`, contentType: "image/jpeg", contentLength: 48_213 },
    ...{ state: "RECEIVED", labelStatus: "DONE", createdAt: time, updatedAt: time, version: 4 },
    labels: ["Landscape", "Bright", "Warm"].map((name) => ({ name, confidence: 87.5, parents: [] })),
    ...{ uploadExpiresAt: time, liveId: id, stateId: stateId("RECEIVED", id), labelRun: 1 },
    // Not due while this runs: a check would remove the row, which has no object.
    ...{ dueShard: dueShard(id), dueAt: Date.now() + wait.audit },
  };
}

interface Measuring {
  readonly rounds: number;
  readonly sizes: readonly number[];
  readonly seconds: number;
}

async function measure(
  { ready }: RemoteCloud,
  tableName: string,
  { rounds, sizes, seconds }: Measuring,
): Promise<Row[]> {
  const { token } = await signIn(ready, "admin");
  const query = `query ($ownerId: ID!) { listAssets(ownerId: $ownerId) {
    items { id filename state labelStatus createdAt } nextToken } }`;
  const measured = sizes.map((size) => ({ size, runs: [] as Awaited<ReturnType<typeof load>>[] }));
  for (let at = 0; at < rounds; at++) {
    for (const { size, runs } of measured) {
      const variables = { ownerId: ownerOf(size) };
      runs.push(await load({ url: ready.graphqlUrl, token, query, variables, connections: 1, seconds }));
    }
  }
  const capacity = capacityOf(ready, tableName);
  return Promise.all(
    measured.map(async ({ size, runs }) => ({
      assets: size,
      ...(await capacity(ownerOf(size))),
      "p50 ms": round(median(runs.map(({ latencies }) => quantile(latencies, 0.5))), 2),
      "p99 ms": round(median(runs.map(({ latencies }) => quantile(latencies, 0.99))), 2),
      errors: sum(runs.map(({ errors }) => errors)),
    })),
  );
}

/** The resolver's query once more, by its role, with the capacity that it consumes. */
function capacityOf({ endpointUrl, region, roles }: RemoteCloud["ready"], TableName: string) {
  const credentials = roles["source-assets"];
  if (!credentials) {
    throw new Error("The program declares no role source-assets");
  }
  const client = new DynamoDBClient({ endpoint: endpointUrl, region, credentials });
  return async (ownerId: string) => {
    const { ConsumedCapacity, Count, ScannedCount } = await client.send(
      new QueryCommand({
        ...{ TableName, IndexName: "live", Limit: 20, ScanIndexForward: false },
        KeyConditionExpression: "ownerId = :owner",
        ExpressionAttributeValues: { ":owner": { S: ownerId } },
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
    if (!Count) {
      throw new Error(`${ownerId} has no assets: there is nothing to measure`);
    }
    return {
      items: Count,
      scanned: ScannedCount ?? NaN,
      "read units": ConsumedCapacity?.CapacityUnits ?? NaN,
    };
  };
}
