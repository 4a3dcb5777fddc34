import { BatchGetItemCommand, DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { countsOf, matchesFrom, matchesUntil } from "../../domain/labels.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { bootCloud, type RemoteCloud } from "./cloud.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { fillLibraries, type LibraryTables, ownerOf, withEngine } from "./libraries.ts";
import { durationOf, load } from "./load.ts";
import { median, quantile, round, sum } from "./statistics.ts";

const allSizes = [100, 10_000, 100_000];

/** What an owner reads page by page. */
const queries = {
  listAssets: `query ($ownerId: ID!) { listAssets(ownerId: $ownerId) {
    items { id filename state labelStatus createdAt } nextToken } }`,
  searchAssets: `query ($ownerId: ID!) { searchAssets(ownerId: $ownerId, label: "landscape") {
    items { confidence asset { id filename state labelStatus createdAt } } nextToken } }`,
  listLabels: `query ($ownerId: ID!) { listLabels(ownerId: $ownerId, prefix: "subject") {
    items { name count } nextToken } }`,
};

type Operation = keyof typeof queries;

/** The first page of an owner's lists and searches, by the number of the owner's assets. */
export const list = ({ rounds, profile, smoke }: Options): Promise<Figure> =>
  withEngine(async (endpoint, tables) => {
    const sizes = smoke ? [5, 30] : allSizes;
    await fillLibraries(endpoint, tables, sizes);
    const cloud = await bootCloud({ profile, environment: { DYNAMODB_ENDPOINT: endpoint.href } });
    try {
      return {
        title: "First page of 20, by the owner's number of assets",
        bar: "flat",
        rows: await measure(cloud, tables, { rounds, sizes, smoke }),
        notes: ["One connection. Capacity is the engine's count for the same reads by the resolvers' roles."],
      };
    } finally {
      await cloud.stop();
    }
  });

interface Measuring {
  readonly rounds: number;
  readonly sizes: readonly number[];
  readonly smoke: boolean;
}

async function measure(
  { ready }: RemoteCloud,
  tables: LibraryTables,
  { rounds, sizes, smoke }: Measuring,
): Promise<Row[]> {
  const { token } = await signIn(ready, "admin");
  const operations = Object.keys(queries) as Operation[];
  const measured = operations.flatMap((operation) =>
    sizes.map((size) => ({ operation, size, runs: [] as Awaited<ReturnType<typeof load>>[] })),
  );
  for (let at = 0; at < rounds; at++) {
    for (const { operation, size, runs } of measured) {
      const request = { query: queries[operation], variables: { ownerId: ownerOf(size) } };
      runs.push(
        await load({ url: ready.graphqlUrl, token, ...request, ...durationOf(smoke), connections: 1 }),
      );
    }
  }
  const capacity = capacities(ready, tables);
  return Promise.all(
    measured.map(async ({ operation, size, runs }) => ({
      ...{ operation, assets: size },
      ...(await capacity[operation](ownerOf(size))),
      "p50 ms": round(median(runs.map(({ latencies }) => quantile(latencies, 0.5))), 2),
      "p99 ms": round(median(runs.map(({ latencies }) => quantile(latencies, 0.99))), 2),
      errors: sum(runs.map(({ errors }) => errors)),
    })),
  );
}

/** The resolvers' reads, by their roles, with the capacity that they consume. */
function capacities(
  ready: RemoteCloud["ready"],
  { assets, labels }: LibraryTables,
): Record<Operation, (ownerId: string) => Promise<Row>> {
  const [assetsRole, labelsRole] = [clientOf("source-assets", ready), clientOf("source-labels", ready)];
  const page = { Limit: 20, ReturnConsumedCapacity: "TOTAL" } as const;
  const labelPage = (ownerId: string, condition: string, values: Record<string, string>) =>
    labelsRole.send(
      new QueryCommand({
        ...{ ...page, TableName: labels.name, ScanIndexForward: false },
        KeyConditionExpression: `ownerId = :owner AND ${condition}`,
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries({ ":owner": ownerId, ...values }).map(([name, S]) => [name, { S }]),
        ),
      }),
    );
  return {
    listAssets: async (ownerId) =>
      unitsOf(
        await assetsRole.send(
          new QueryCommand({
            ...{ ...page, TableName: assets.name, IndexName: "live", ScanIndexForward: false },
            KeyConditionExpression: "ownerId = :owner",
            ExpressionAttributeValues: { ":owner": { S: ownerId } },
          }),
        ),
      ),
    searchAssets: async (ownerId) => {
      const range = { ":from": matchesFrom("landscape", 0), ":until": matchesUntil("landscape") };
      const matches = await labelPage(ownerId, "id BETWEEN :from AND :until", range);
      const Keys = (matches.Items ?? []).map(({ assetId }) => ({
        ownerId: { S: ownerId },
        id: assetId ?? { S: "" },
      }));
      const { ConsumedCapacity = [] } = await assetsRole.send(
        new BatchGetItemCommand({
          RequestItems: { [assets.name]: { Keys, ConsistentRead: true } },
          ReturnConsumedCapacity: "TOTAL",
        }),
      );
      return unitsOf(matches, sum(ConsumedCapacity.map(({ CapacityUnits = NaN }) => CapacityUnits)));
    },
    listLabels: async (ownerId) =>
      unitsOf(await labelPage(ownerId, "begins_with(id, :prefix)", { ":prefix": countsOf("subject") })),
  };
}

/** A client with the credentials of a role. */
function clientOf(role: string, { endpointUrl, region, roles }: RemoteCloud["ready"]): DynamoDBClient {
  const credentials = roles[role];
  if (!credentials) {
    throw new Error(`The program declares no role ${role}`);
  }
  return new DynamoDBClient({ endpoint: endpointUrl, region, credentials });
}

interface Answer {
  readonly Count?: number | undefined;
  readonly ScannedCount?: number | undefined;
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number | undefined } | undefined;
}

function unitsOf({ Count, ScannedCount = NaN, ConsumedCapacity }: Answer, more = 0): Row {
  if (!Count) {
    throw new Error("The owner has nothing to list: there is nothing to measure");
  }
  return {
    ...{ items: Count, scanned: ScannedCount },
    "read units": (ConsumedCapacity?.CapacityUnits ?? NaN) + more,
  };
}
