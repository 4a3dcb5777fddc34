import {
  BatchWriteItemCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { createIam } from "../../../src/aws/iam/index.ts";
import type { Graph } from "../../../src/base/graph.ts";
import { accountId, allow, graphOf, region, role, table, temporaryStorage } from "../graph.ts";
import { admin, all, arn, assets, clientOf, item, setUp, shardsOf, start } from "./support.ts";

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

  it("is denied what its role does not allow, with action and resource", async () => {
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

describe("streams", () => {
  it("have a record of each write, with the declared region, and call the listeners", async () => {
    const { dynamodb } = await setUp();
    const written: (readonly string[])[] = [];
    const leave = dynamodb.onWrite((tableNames) => written.push(tableNames));
    await dynamodb.execute(admin, "PutItem", { TableName: "assets", Item: item("ann", "1") });
    const key = { owner: { S: "ann" }, id: { S: "1" } };
    await dynamodb.execute(admin, "BatchWriteItem", {
      RequestItems: { assets: [{ DeleteRequest: { Key: key } }] },
    });
    // A read changes nothing.
    await dynamodb.execute(admin, "GetItem", { TableName: "assets", Key: key });
    leave();
    await dynamodb.execute(admin, "DeleteItem", { TableName: "assets", Key: key });
    await dynamodb.execute(admin, "PutItem", { TableName: "assets", Item: item("ann", "2") });
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
  it("must be in the partition that is read", async () => {
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

  it("follows changed indexes, streams and expiry", async () => {
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

  it("is refused if its keys are not the declared keys", async () => {
    const storage = temporaryStorage();
    await (await restart(storage, {})).stop();
    const change = { rangeKey: "at", attributes: [...(assets.attributes ?? []), { name: "at", type: "N" }] };
    await expect(restart(storage, change)).rejects.toThrow(
      "Table assets: the data folder holds it with owner S HASH, id S RANGE, the program declares owner S HASH, at N RANGE.",
    );
  });
});
