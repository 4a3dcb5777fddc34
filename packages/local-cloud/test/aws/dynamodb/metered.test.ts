import { expect, it } from "@jest/globals";
import { startEngine } from "../../../src/aws/dynamodb/engine.ts";
import { createDynamoDB } from "../../../src/aws/dynamodb/index.ts";
import { createIam } from "../../../src/aws/iam/index.ts";
import type { AwsError } from "../../../src/base/service.ts";
import { createMeter, difference, quantityOf } from "../../../src/meter/index.ts";
import { accountId, graphOf, region, silentLog, table, temporaryStorage } from "../graph.ts";
import { admin, all, assets, item } from "./support.ts";

type Input = Readonly<Record<string, unknown>>;

/** Runs one test with a table and a meter. */
async function withMeter(
  work: (run: (operation: string, input: Input) => Promise<Used>) => Promise<void>,
): Promise<void> {
  const graph = graphOf(table("assets", assets), ...all);
  const storage = temporaryStorage(true);
  const engine = await startEngine(storage, silentLog);
  const meter = createMeter();
  const iam = createIam(graph, temporaryStorage());
  const dynamodb = await createDynamoDB({
    ...{ graph, iam, engine, storage, region, accountId, meter, clock: Date.now, log: silentLog },
  });
  try {
    await work(async (operation, input) => {
      const before = meter.bill();
      const answer = await dynamodb
        .execute(admin, operation, input)
        .catch((error: unknown) => ({ refused: (error as AwsError).code }));
      const bill = difference(before, meter.bill());
      const units = (usage: "reads" | "writes", resource: string) =>
        quantityOf(bill, `dynamodb.${usage}`, resource);
      return {
        answer,
        writes: [units("writes", "assets"), units("writes", "assets/byState")],
        reads: [units("reads", "assets"), units("reads", "assets/byState")],
      };
    });
  } finally {
    await dynamodb.stop();
    await engine.stop();
  }
}

interface Used {
  readonly answer: Readonly<Record<string, unknown>>;
  /** Units of the table, and of its index. */
  readonly writes: readonly number[];
  readonly reads: readonly number[];
}

const put = (size = 0) => ({
  TableName: "assets",
  Item: { ...item("alice", "1"), text: { S: "x".repeat(size) } },
});
const key = { TableName: "assets", Key: { owner: { S: "alice" }, id: { S: "1" } } };

it("counts the units of a table and of its indexes, and gives callers what they asked for", () =>
  withMeter(async (run) => {
    expect(await run("PutItem", put(1500))).toMatchObject({ answer: {}, writes: [2, 2], reads: [0, 0] });
    expect((await run("GetItem", key)).reads).toEqual([0.5, 0]);
    expect((await run("GetItem", { ...key, ConsistentRead: true })).reads).toEqual([1, 0]);
    const query = {
      TableName: "assets",
      IndexName: "byState",
      KeyConditionExpression: "#owner = :owner",
      ExpressionAttributeNames: { "#owner": "owner" },
      ExpressionAttributeValues: { ":owner": { S: "alice" } },
    };
    expect((await run("Query", query)).reads).toEqual([0, 0.5]);
    const asked = await run("GetItem", { ...key, ReturnConsumedCapacity: "TOTAL" });
    expect(asked.answer["ConsumedCapacity"]).toEqual({ TableName: "assets", CapacityUnits: 0.5 });
    const { answer } = await run("GetItem", key);
    expect(Object.keys(answer)).toEqual(["Item"]);
  }));

it("counts a transaction twice", () =>
  withMeter(async (run) => {
    const { writes } = await run("TransactWriteItems", { TransactItems: [{ Put: put() }] });
    expect(writes[0]).toBe(2);
  }));

it("counts a write whose condition fails", () =>
  withMeter(async (run) => {
    const refused = { ...put(2000), ConditionExpression: "attribute_exists(id)" };
    const { answer, writes } = await run("PutItem", refused);
    expect(answer).toEqual({ refused: "ConditionalCheckFailedException" });
    expect(writes).toEqual([2, 0]);
    const cancelled = await run("TransactWriteItems", { TransactItems: [{ Put: refused }] });
    expect(cancelled.answer).toEqual({ refused: "TransactionCanceledException" });
    expect(cancelled.writes).toEqual([4, 0]);
  }));

it("counts nothing for what is not permitted or not valid", () =>
  withMeter(async (run) => {
    const { answer, writes } = await run("PutItem", { TableName: "assets", Item: {} });
    expect(answer).toHaveProperty("refused");
    expect(writes).toEqual([0, 0]);
  }));
