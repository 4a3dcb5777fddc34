import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach } from "@jest/globals";
import { startEngine } from "../../../src/aws/dynamodb/engine.ts";
import { createDynamoDB, type DynamoDB } from "../../../src/aws/dynamodb/index.ts";
import { createIam, type Iam } from "../../../src/aws/iam/index.ts";
import type { Principal } from "../../../src/base/service.ts";
import type { Graph, InputsOf, Resource } from "../../../src/base/graph.ts";
import { openFrontDoor } from "../front-door.ts";
import {
  accountId,
  allow,
  graphOf,
  region,
  role,
  roleArn,
  silentLog,
  table,
  temporaryStorage,
} from "../graph.ts";

export const arn = `arn:aws:dynamodb:${region}:${accountId}:table/assets`;
export const assets: InputsOf["aws:dynamodb/table:Table"] = {
  attributes: [
    { name: "owner", type: "S" },
    { name: "id", type: "S" },
    { name: "state", type: "S" },
  ],
  hashKey: "owner",
  rangeKey: "id",
  billingMode: "PAY_PER_REQUEST",
  globalSecondaryIndexes: [
    {
      name: "byState",
      keySchemas: [
        { attributeName: "owner", keyType: "HASH" },
        { attributeName: "state", keyType: "RANGE" },
      ],
      projectionType: "ALL",
    },
  ],
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
  ttl: { attributeName: "expiresAt", enabled: true },
};

interface Running extends Omit<DynamoDB, "stop"> {
  stop(): Promise<void>;
}

const running: { readonly stop: () => Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((each) => each.stop())));

export async function start(
  graph: Graph,
  iam: Iam,
  storage = temporaryStorage(true),
  expiryIntervalMs?: number,
): Promise<Running> {
  const engine = await startEngine(storage, silentLog);
  running.push(engine);
  const dynamodb = await createDynamoDB({
    ...{ graph, iam, engine, storage, region, accountId, expiryIntervalMs },
    ...{ clock: Date.now, log: silentLog },
  });
  const stop = async (): Promise<void> => {
    await dynamodb.stop();
    await engine.stop();
  };
  running.push({ stop });
  return { ...dynamodb, stop };
}

export const all = role("admin", allow("dynamodb:*", "*"));
export const principalOf = (name: string): Principal => ({
  kind: "role",
  roleArn: roleArn(name),
  sessionArn: `arn:aws:sts::${accountId}:assumed-role/${name}/local`,
});
export const admin = principalOf("admin");
export const item = (owner: string, id: string) => ({
  owner: { S: owner },
  id: { S: id },
  state: { S: "CREATED" },
});

export async function setUp(...resources: readonly Resource[]) {
  const graph = graphOf(table("assets", assets), ...all, ...resources);
  const iam = createIam(graph, temporaryStorage());
  return { graph, iam, dynamodb: await start(graph, iam) };
}

export async function clientOf(roleName: string, ...resources: readonly Resource[]) {
  const { graph, dynamodb } = await setUp(...resources);
  const door = await openFrontDoor(graph, () => [dynamodb]);
  return new DynamoDBClient(door.client(roleName));
}

export async function shardsOf(dynamodb: DynamoDB): Promise<string[]> {
  const input = { StreamArn: `${arn}/stream/2026-01-01T00:00:00.000` };
  const { StreamDescription } = await dynamodb.execute(admin, "DescribeStream", input);
  return (StreamDescription as { Shards: { ShardId: string }[] }).Shards.map(({ ShardId }) => ShardId);
}
