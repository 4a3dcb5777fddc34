import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListBackupsCommand,
  PutItemCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { setTimeout as pause } from "node:timers/promises";
import { createIam } from "../../../src/aws/iam/index.ts";
import { openFrontDoor } from "../front-door.ts";
import { allow, graphOf, role, table, temporaryStorage } from "../graph.ts";
import { all, arn, assets, item, start } from "./support.ts";

const recovered = { ...assets, pointInTimeRecovery: { enabled: true } };

async function setUp(inputs: object = recovered, roleName = "admin", storage = temporaryStorage(true)) {
  const reader = role("reader", allow("dynamodb:RestoreTableToPointInTime", arn));
  const graph = graphOf(table("assets", { ...assets, ...inputs }), ...all, ...reader);
  const dynamodb = await start(graph, createIam(graph, temporaryStorage()), storage);
  const door = await openFrontDoor(graph, () => [dynamodb]);
  return { client: new DynamoDBClient(door.client(roleName)), dynamodb };
}

const put = (client: DynamoDBClient, id: string) =>
  client.send(new PutItemCommand({ TableName: "assets", Item: item("ann", id) }));

const idsOf = async (client: DynamoDBClient, TableName: string) =>
  ((await client.send(new ScanCommand({ TableName }))).Items ?? []).map(({ id }) => id?.S).sort();

/** A time between two writes: the SDK sends whole milliseconds. */
async function moment(): Promise<Date> {
  await pause(5);
  const now = new Date();
  await pause(5);
  return now;
}

const restore = (client: DynamoDBClient, more: object) =>
  client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: "assets",
      TargetTableName: "restored",
      UseLatestRestorableTime: undefined,
      ...more,
    }),
  );

describe("a table with point-in-time recovery", () => {
  it("is restored as it was at a time, with its indexes, and without stream and TTL", async () => {
    const { client } = await setUp();
    await put(client, "kept");
    await put(client, "changed");
    await put(client, "deleted");
    const RestoreDateTime = await moment();
    const TableName = "assets";
    const key = (id: string) => ({ owner: { S: "ann" }, id: { S: id } });
    await client.send(
      new UpdateItemCommand({
        ...{ TableName, Key: key("changed"), UpdateExpression: "SET #s = :s" },
        ExpressionAttributeNames: { "#s": "state" },
        ExpressionAttributeValues: { ":s": { S: "LATER" } },
      }),
    );
    await client.send(new DeleteItemCommand({ TableName, Key: key("deleted") }));
    await put(client, "later");
    await client.send(
      new BatchWriteItemCommand({ RequestItems: { assets: [{ DeleteRequest: { Key: key("kept") } }] } }),
    );
    const { TableDescription } = await restore(client, { RestoreDateTime });
    expect(TableDescription).toMatchObject({ TableName: "restored", TableStatus: "CREATING" });
    expect(await idsOf(client, "restored")).toEqual(["changed", "deleted", "kept"]);
    const { Items } = await client.send(
      new QueryCommand({
        TableName: "restored",
        IndexName: "byState",
        KeyConditionExpression: "#o = :o",
        ExpressionAttributeNames: { "#o": "owner" },
        ExpressionAttributeValues: { ":o": { S: "ann" } },
      }),
    );
    expect(Items?.map(({ state }) => state?.S)).toEqual(["CREATED", "CREATED", "CREATED"]);
    expect(await idsOf(client, "assets")).toEqual(["changed", "later"]);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "restored" }));
    expect(Table).toMatchObject({ TableStatus: "ACTIVE", TableArn: arn.replace("assets", "restored") });
    expect(Table?.LatestStreamArn).toBeUndefined();
  });

  it("says from when to when it can be restored", async () => {
    const { client } = await setUp();
    const { ContinuousBackupsDescription } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: "assets" }),
    );
    const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    expect(recovery).toMatchObject({ PointInTimeRecoveryStatus: "ENABLED", RecoveryPeriodInDays: 35 });
    const { EarliestRestorableDateTime: from, LatestRestorableDateTime: to } = recovery ?? {};
    expect(from?.getTime()).toBeLessThanOrEqual(to?.getTime() ?? 0);
    const RestoreDateTime = new Date((from?.getTime() ?? 0) - 60_000);
    await expect(restore(client, { RestoreDateTime })).rejects.toMatchObject({
      name: "InvalidRestoreTimeException",
    });
  });

  it.each([
    ["a time that is to come", { RestoreDateTime: new Date(Date.now() + 60_000) }, "InvalidRestoreTime"],
    [
      "a name that is taken",
      { UseLatestRestorableTime: true, TargetTableName: "assets" },
      "TableAlreadyExists",
    ],
    ["another table", { UseLatestRestorableTime: true, SourceTableName: "others" }, "TableNotFound"],
    ["no time", {}, "Validation"],
    ["two times", { UseLatestRestorableTime: true, RestoreDateTime: new Date() }, "Validation"],
    ["a bad name", { UseLatestRestorableTime: true, TargetTableName: "a b" }, "Validation"],
  ])("is not restored to %s", async (_, more, code) => {
    const { client } = await setUp();
    await expect(restore(client, more)).rejects.toMatchObject({ name: `${code}Exception` });
  });

  it("is not restored by a role that may not write the new table", async () => {
    const { client } = await setUp(recovered, "reader");
    await expect(restore(client, { UseLatestRestorableTime: true })).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringMatching(/dynamodb:BatchWriteItem on resource: .*table\/restored /) as unknown,
    });
  });

  it("forgets what was before its last stop", async () => {
    const storage = { ...temporaryStorage(), memory: false };
    const first = await setUp(recovered, "admin", storage);
    await put(first.client, "1");
    await first.dynamodb.stop();
    const { client } = await setUp(recovered, "admin", storage);
    await put(client, "2");
    expect(await idsOf(client, "assets")).toEqual(["1", "2"]);
    const { ContinuousBackupsDescription } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: "assets" }),
    );
    const from = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.EarliestRestorableDateTime;
    await restore(client, { RestoreDateTime: from });
    expect(await idsOf(client, "restored")).toEqual(["1"]);
  });
});

describe("a table without point-in-time recovery", () => {
  it("cannot be restored", async () => {
    const { client } = await setUp({ pointInTimeRecovery: { enabled: false } });
    await expect(restore(client, { UseLatestRestorableTime: true })).rejects.toMatchObject({
      name: "PointInTimeRecoveryUnavailableException",
      message: "Point in time recovery is not enabled for table 'assets'",
    });
  });
});

describe("a deleted table", () => {
  const TableName = "assets";

  it("is gone, and comes back from DynamoDB's own backup under its name", async () => {
    const { client } = await setUp();
    await put(client, "1");
    await put(client, "2");
    await client.send(new DeleteTableCommand({ TableName }));
    await expect(put(client, "3")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    const { BackupSummaries = [] } = await client.send(
      new ListBackupsCommand({ BackupType: "SYSTEM", TableName }),
    );
    expect(BackupSummaries).toMatchObject([
      { BackupName: "assets$DeletedTableBackup", BackupStatus: "AVAILABLE" },
    ]);
    const [backup] = BackupSummaries;
    await client.send(
      new RestoreTableFromBackupCommand({ BackupArn: backup?.BackupArn, TargetTableName: TableName }),
    );
    expect(await idsOf(client, "assets")).toEqual(["1", "2"]);
    expect((await client.send(new ListBackupsCommand({ TableName }))).BackupSummaries).toEqual([]);
  });

  it("cannot be restored from a backup that does not exist", async () => {
    const { client } = await setUp();
    const BackupArn = `${arn}/backup/01`;
    await expect(
      client.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: "restored" })),
    ).rejects.toMatchObject({ name: "BackupNotFoundException" });
  });

  it("was not protected", async () => {
    const { client } = await setUp({ deletionProtectionEnabled: true });
    await expect(client.send(new DeleteTableCommand({ TableName }))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("protected against deletion") as unknown,
    });
    await put(client, "1");
    expect(await idsOf(client, "assets")).toEqual(["1"]);
  });
});
