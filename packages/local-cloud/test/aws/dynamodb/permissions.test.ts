import { describe, expect, it } from "@jest/globals";
import { accountId, allow, region, role } from "../graph.ts";
import { admin, arn, item, principalOf, setUp, shardsOf } from "./support.ts";

describe("permissions", () => {
  const denied = (action: string, resource: string) => ({
    code: "AccessDeniedException",
    message: expect.stringContaining(`dynamodb:${action} on resource: ${resource} `),
  });

  it("are required on the index that a query reads", async () => {
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

  it("are required for each part of a transaction, and for each table of a batch", async () => {
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

  it("are required on the stream of an iterator, which cannot be forged", async () => {
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

  it("are checked before the error for a missing table, or for an operation that does not run here", async () => {
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
