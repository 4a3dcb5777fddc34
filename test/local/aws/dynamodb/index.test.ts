import {
  BatchWriteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, describe, expect, it } from "@jest/globals";
import { createDynamoDB } from "../../../../local/aws/dynamodb/index.ts";
import type { DynamoDB } from "../../../../local/aws/dynamodb/index.ts";
import { createIam } from "../../../../local/aws/iam/index.ts";
import type { Iam } from "../../../../local/aws/iam/index.ts";
import type { Principal } from "../../../../local/aws/service.ts";
import type { Graph, InputsOf, Resource } from "../../../../local/graph.ts";
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

const arn = `arn:aws:dynamodb:${region}:${accountId}:table/assets`;
const assets: InputsOf["aws:dynamodb/table:Table"] = {
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

const running: DynamoDB[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((dynamodb) => dynamodb.stop()));
});

async function start(graph: Graph, iam: Iam, storage = temporaryStorage(true)): Promise<DynamoDB> {
  const dynamodb = await createDynamoDB({ graph, iam, storage, region, accountId, log: silentLog });
  running.push(dynamodb);
  return dynamodb;
}

const all = role("admin", allow("dynamodb:*", "*"));
const principalOf = (name: string): Principal => ({
  kind: "role",
  roleArn: roleArn(name),
  sessionArn: `arn:aws:sts::${accountId}:assumed-role/${name}/local`,
});
const admin = principalOf("admin");
const item = (owner: string, id: string) => ({ owner: { S: owner }, id: { S: id }, state: { S: "CREATED" } });

async function setUp(...resources: readonly Resource[]) {
  const graph = graphOf(table("assets", assets), ...all, ...resources);
  const iam = createIam(graph, temporaryStorage());
  return { graph, iam, dynamodb: await start(graph, iam) };
}

async function clientOf(roleName: string, ...resources: readonly Resource[]) {
  const { graph, dynamodb } = await setUp(...resources);
  const door = await openFrontDoor(graph, () => [dynamodb]);
  return new DynamoDBClient(door.client(roleName));
}

describe("an SDK client", () => {
  it("writes and reads as its role allows, and sees the declared ARNs", async () => {
    const client = await clientOf("admin");
    await client.send(new PutItemCommand({ TableName: "assets", Item: item("ann", "1") }));
    const query = new QueryCommand({
      TableName: "assets",
      IndexName: "byState",
      KeyConditionExpression: "#o = :o",
      ExpressionAttributeNames: { "#o": "owner" },
      ExpressionAttributeValues: { ":o": { S: "ann" } },
    });
    expect((await client.send(query)).Items).toEqual([item("ann", "1")]);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "assets" }));
    expect(Table).toMatchObject({
      TableArn: arn,
      LatestStreamArn: `${arn}/stream/2026-01-01T00:00:00.000`,
      LatestStreamLabel: "2026-01-01T00:00:00.000",
      GlobalSecondaryIndexes: [{ IndexArn: `${arn}/index/byState` }],
    });
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["assets"]);
  });

  it("is denied by name what its role lacks", async () => {
    const client = await clientOf("reader", ...role("reader", allow("dynamodb:GetItem", arn)));
    const key = { owner: { S: "ann" }, id: { S: "1" } };
    await client.send(new GetItemCommand({ TableName: "assets", Key: key }));
    await expect(
      client.send(new PutItemCommand({ TableName: "assets", Item: item("ann", "1") })),
    ).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `User: arn:aws:sts::${accountId}:assumed-role/reader/local is not authorized to perform: dynamodb:PutItem on resource: ${arn} because no identity-based policy allows the dynamodb:PutItem action`,
    });
  });

  it("gets DynamoDB's own errors", async () => {
    const client = await clientOf("admin");
    const condition = {
      TableName: "assets",
      Item: item("ann", "1"),
      ConditionExpression: "attribute_exists(id)",
    };
    await expect(client.send(new PutItemCommand(condition))).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
    });
    const transaction = new TransactWriteItemsCommand({ TransactItems: [{ Put: condition }] });
    await expect(client.send(transaction)).rejects.toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: [{ Code: "ConditionalCheckFailed" }],
    });
    await expect(client.send(new GetItemCommand({ TableName: "other", Key: {} }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await expect(
      client.send(new ExecuteStatementCommand({ Statement: "SELECT * FROM assets" })),
    ).rejects.toMatchObject({
      name: "UnsupportedOperation",
    });
  });
});

describe("permissions", () => {
  const denied = (action: string, resource: string) => ({
    code: "AccessDeniedException",
    message: expect.stringContaining(`dynamodb:${action} on resource: ${resource} `),
  });

  it("are asked of the index that a query names", async () => {
    const { dynamodb } = await setUp(...role("reader", allow("dynamodb:Query", arn)));
    const input = {
      TableName: "assets",
      KeyConditionExpression: "#o = :o",
      ExpressionAttributeNames: { "#o": "owner" },
      ExpressionAttributeValues: { ":o": { S: "a" } },
    };
    await dynamodb.execute(principalOf("reader"), "Query", input);
    await expect(
      dynamodb.execute(principalOf("reader"), "Query", { ...input, IndexName: "byState" }),
    ).rejects.toMatchObject(denied("Query", `${arn}/index/byState`));
  });

  it("are asked for each part of a transaction, and for the table of each batch", async () => {
    const { dynamodb } = await setUp(
      ...role("writer", allow(["dynamodb:PutItem", "dynamodb:BatchGetItem"], arn)),
    );
    const writer = principalOf("writer");
    const key = { owner: { S: "a" }, id: { S: "1" } };
    const check = {
      ConditionCheck: { TableName: "assets", Key: key, ConditionExpression: "attribute_exists(id)" },
    };
    const put = { Put: { TableName: "assets", Item: item("b", "1") } };
    await dynamodb.execute(writer, "TransactWriteItems", { TransactItems: [put] });
    await expect(
      dynamodb.execute(writer, "TransactWriteItems", { TransactItems: [put, check] }),
    ).rejects.toMatchObject(denied("ConditionCheckItem", arn));
    await dynamodb.execute(writer, "BatchGetItem", { RequestItems: { assets: { Keys: [key] } } });
    const batch = { RequestItems: { assets: [{ DeleteRequest: { Key: key } }] } };
    await expect(dynamodb.execute(writer, "BatchWriteItem", batch)).rejects.toMatchObject(
      denied("BatchWriteItem", arn),
    );
  });

  it("may be limited to partitions by dynamodb:LeadingKeys", async () => {
    const only = { Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "ann" } } };
    const { dynamodb } = await setUp(...role("ann", allow("dynamodb:*", "*", only)));
    const ann = principalOf("ann");
    await dynamodb.execute(ann, "PutItem", { TableName: "assets", Item: item("ann", "1") });
    await expect(
      dynamodb.execute(ann, "PutItem", { TableName: "assets", Item: item("bob", "1") }),
    ).rejects.toMatchObject(denied("PutItem", arn));
    const query = (owner: string) => ({
      TableName: "assets",
      KeyConditionExpression: "(#o=:o)",
      ExpressionAttributeNames: { "#o": "owner" },
      ExpressionAttributeValues: { ":o": { S: owner } },
    });
    await dynamodb.execute(ann, "Query", query("ann"));
    await expect(dynamodb.execute(ann, "Query", query("bob"))).rejects.toMatchObject(denied("Query", arn));
    const reversed = { ...query("bob"), KeyConditionExpression: ":o = #o" };
    await expect(dynamodb.execute(ann, "Query", reversed)).rejects.toMatchObject({
      code: "ValidationException",
    });
  });

  it("are asked of the stream that an iterator was made for; none can be made up", async () => {
    const stream = `${arn}/stream/2026-01-01T00:00:00.000`;
    const { dynamodb } = await setUp(...role("blind", allow("dynamodb:GetShardIterator", stream)));
    const [shard] = await shardsOf(dynamodb);
    const input = { StreamArn: stream, ShardId: shard, ShardIteratorType: "TRIM_HORIZON" };
    const { ShardIterator } = await dynamodb.execute(principalOf("blind"), "GetShardIterator", input);
    await expect(
      dynamodb.execute(principalOf("blind"), "GetRecords", { ShardIterator }),
    ).rejects.toMatchObject(denied("GetRecords", stream));
    const forged = `${String(ShardIterator).slice(0, -2)}xx`;
    await expect(dynamodb.execute(admin, "GetRecords", { ShardIterator: forged })).rejects.toMatchObject({
      code: "ExpiredIteratorException",
    });
  });

  it("come before the news that a table is not there, or that it cannot be made here", async () => {
    const { dynamodb } = await setUp(...role("nobody"));
    const other = `arn:aws:dynamodb:${region}:${accountId}:table/other`;
    await expect(
      dynamodb.execute(principalOf("nobody"), "GetItem", { TableName: "other", Key: {} }),
    ).rejects.toMatchObject(denied("GetItem", other));
    await expect(
      dynamodb.execute(principalOf("nobody"), "CreateTable", { TableName: "other" }),
    ).rejects.toMatchObject(denied("CreateTable", other));
    await expect(dynamodb.execute(admin, "CreateTable", { TableName: "other" })).rejects.toMatchObject({
      code: "UnsupportedOperation",
    });
  });
});

async function shardsOf(dynamodb: DynamoDB): Promise<string[]> {
  const input = { StreamArn: `${arn}/stream/2026-01-01T00:00:00.000` };
  const { StreamDescription } = await dynamodb.execute(admin, "DescribeStream", input);
  return (StreamDescription as { Shards: { ShardId: string }[] }).Shards.map(({ ShardId }) => ShardId);
}

describe("streams", () => {
  it("tell of each write, under the declared region, and wake those who listen", async () => {
    const { dynamodb } = await setUp();
    const written: (readonly string[])[] = [];
    const leave = dynamodb.onWrite((tableNames) => written.push(tableNames));
    await dynamodb.execute(admin, "PutItem", { TableName: "assets", Item: item("ann", "1") });
    const key = { owner: { S: "ann" }, id: { S: "1" } };
    await dynamodb.execute(admin, "BatchWriteItem", {
      RequestItems: { assets: [{ DeleteRequest: { Key: key } }] },
    });
    await dynamodb.execute(admin, "GetItem", { TableName: "assets", Key: key });
    leave();
    await dynamodb.execute(admin, "PutItem", { TableName: "assets", Item: item("ann", "2") });
    expect(written).toEqual([["assets"], ["assets"]]);
    const [shard] = await shardsOf(dynamodb);
    const input = {
      StreamArn: `${arn}/stream/2026-01-01T00:00:00.000`,
      ShardId: shard,
      ShardIteratorType: "TRIM_HORIZON",
    };
    const { ShardIterator } = await dynamodb.execute(admin, "GetShardIterator", input);
    const { Records } = await dynamodb.execute(admin, "GetRecords", { ShardIterator });
    expect(Records).toMatchObject([
      { eventName: "INSERT", awsRegion: region, dynamodb: { NewImage: item("ann", "1") } },
      { eventName: "REMOVE", awsRegion: region, dynamodb: { OldImage: item("ann", "1") } },
      { eventName: "INSERT", awsRegion: region },
    ]);
  });
});

describe("a page's starting key", () => {
  it("must lie in the partition that is read", async () => {
    const client = await clientOf("admin");
    const put = (owner: string, id: string) => ({ PutRequest: { Item: item(owner, id) } });
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: { assets: [put("ann", "1"), put("ann", "2"), put("bob", "1")] },
      }),
    );
    const query = (owner: string, start?: ReturnType<typeof item>) =>
      client.send(
        new QueryCommand({
          TableName: "assets",
          KeyConditionExpression: "#o = :o",
          ExpressionAttributeNames: { "#o": "owner" },
          ExpressionAttributeValues: { ":o": { S: owner } },
          Limit: 1,
          ExclusiveStartKey: start && { owner: start.owner, id: start.id },
        }),
      );
    const { LastEvaluatedKey } = await query("ann");
    expect(LastEvaluatedKey).toEqual({ owner: { S: "ann" }, id: { S: "1" } });
    expect((await query("ann", item("ann", "1"))).Items).toEqual([item("ann", "2")]);
    await expect(query("bob", item("ann", "1"))).rejects.toMatchObject({
      name: "ValidationException",
      message: "The provided starting key is outside query boundaries based on provided conditions",
    });
  });
});

describe("a data folder", () => {
  const iamOf = (graph: Graph) => createIam(graph, temporaryStorage());

  async function restart(storage: ReturnType<typeof temporaryStorage>, change: Partial<typeof assets>) {
    const graph = graphOf(table("assets", { ...assets, ...change }), ...all);
    const dynamodb = await start(graph, iamOf(graph), storage);
    return dynamodb;
  }

  it("keeps items and streams across a restart", async () => {
    const storage = temporaryStorage();
    const first = await restart(storage, {});
    await first.execute(admin, "PutItem", { TableName: "assets", Item: item("ann", "1") });
    await first.stop();
    const again = await restart(storage, {});
    const { Item } = await again.execute(admin, "GetItem", {
      TableName: "assets",
      Key: { owner: { S: "ann" }, id: { S: "1" } },
    });
    expect(Item).toEqual(item("ann", "1"));
    expect(await shardsOf(again)).toHaveLength(1);
  });

  it("takes changed indexes, streams and expiry", async () => {
    const storage = temporaryStorage();
    const first = await restart(storage, {});
    await first.execute(admin, "PutItem", { TableName: "assets", Item: item("ann", "1") });
    await first.stop();
    const again = await restart(storage, {
      globalSecondaryIndexes: [
        {
          name: "states",
          keySchemas: [{ attributeName: "state", keyType: "HASH" }],
          projectionType: "KEYS_ONLY",
        },
      ],
      streamViewType: "KEYS_ONLY",
      ttl: { attributeName: "goneAt", enabled: true },
    });
    const { Table } = await again.execute(admin, "DescribeTable", { TableName: "assets" });
    expect(Table).toMatchObject({
      GlobalSecondaryIndexes: [{ IndexName: "states", IndexStatus: "ACTIVE" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    });
    const ttl = await again.execute(admin, "DescribeTimeToLive", { TableName: "assets" });
    expect(ttl).toMatchObject({ TimeToLiveDescription: { AttributeName: "goneAt" } });
    const query = {
      TableName: "assets",
      IndexName: "states",
      KeyConditionExpression: "#s = :s",
      ExpressionAttributeNames: { "#s": "state" },
      ExpressionAttributeValues: { ":s": { S: "CREATED" } },
    };
    expect(await again.execute(admin, "Query", query)).toMatchObject({ Count: 1 });
  });

  it("is refused when its keys are not the declared ones", async () => {
    const storage = temporaryStorage();
    await (await restart(storage, {})).stop();
    const change = { rangeKey: "at", attributes: [...(assets.attributes ?? []), { name: "at", type: "N" }] };
    await expect(restart(storage, change)).rejects.toThrow(
      "Table assets: the data folder holds it with owner S HASH, id S RANGE, the program declares owner S HASH, at N RANGE.",
    );
  });
});
