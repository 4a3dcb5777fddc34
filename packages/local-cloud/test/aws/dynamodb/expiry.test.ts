import { describe, expect, it } from "@jest/globals";
import { createClient, type EngineClient, type Item } from "../../../src/aws/dynamodb/client.ts";
import { startEngine } from "../../../src/aws/dynamodb/engine.ts";
import { ExpiredItems } from "../../../src/aws/dynamodb/expired-items.ts";
import { Expiry } from "../../../src/aws/dynamodb/expiry.ts";
import type { DynamoDB } from "../../../src/aws/dynamodb/index.ts";
import { provision } from "../../../src/aws/dynamodb/provision.ts";
import { readTables } from "../../../src/aws/dynamodb/tables.ts";
import { createIam } from "../../../src/aws/iam/index.ts";
import type { Storage } from "../../../src/base/service.ts";
import { graphOf, silentLog, table, temporaryStorage } from "../graph.ts";
import { admin, all, arn, assets, item, shardsOf, start } from "./support.ts";

const now = () => Math.floor(Date.now() / 1000);
const year = 365 * 86_400;
const expiring = (id: string, expiresAt: unknown) => ({ ...item("ann", id), expiresAt });
const keyOf = (id: string) => ({ owner: { S: "ann" }, id: { S: id } });
const byService = { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" };

interface BootOptions {
  readonly storage?: Storage;
  readonly change?: Partial<typeof assets>;
}

async function boot({ storage = temporaryStorage(true), change = {} }: BootOptions = {}) {
  const graph = graphOf(table("assets", { ...assets, ...change }), ...all);
  return start(graph, createIam(graph, temporaryStorage()), storage, 5);
}

const put = (dynamodb: DynamoDB, Item: Item) =>
  dynamodb.execute(admin, "PutItem", { TableName: "assets", Item });

/** Settles when DynamoDB next writes to the table. */
function nextWrite(dynamodb: DynamoDB): Promise<void> {
  return new Promise((resolve) => {
    const leave = dynamodb.onWrite(() => {
      leave();
      resolve();
    });
  });
}

async function idsIn(dynamodb: DynamoDB, IndexName?: string): Promise<unknown[]> {
  const { Items } = await dynamodb.execute(admin, "Scan", {
    TableName: "assets",
    ...(IndexName !== undefined && { IndexName }),
  });
  return (Items as { id: { S: string } }[]).map(({ id }) => id.S).sort();
}

/** Event, item and identity of all records. */
async function recordsOf(dynamodb: DynamoDB): Promise<unknown[]> {
  const [ShardId] = await shardsOf(dynamodb);
  const StreamArn = `${arn}/stream/2026-01-01T00:00:00.000`;
  const { ShardIterator } = await dynamodb.execute(admin, "GetShardIterator", {
    ...{ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" },
  });
  const { Records } = await dynamodb.execute(admin, "GetRecords", { ShardIterator });
  return (
    Records as { eventName: string; userIdentity?: object; dynamodb: { Keys: { id: { S: string } } } }[]
  ).map(({ eventName, userIdentity, dynamodb: { Keys } }) => [eventName, Keys.id.S, userIdentity]);
}

describe("time to live", () => {
  it("deletes the items whose number of seconds has passed, and only those", async () => {
    const dynamodb = await boot();
    for (const [id, expiresAt] of Object.entries({
      past: { N: String(now() - 10) },
      future: { N: String(now() + 1000) },
      milliseconds: { N: String(Date.now() - 10_000) },
      text: { S: String(now() - 10) },
      "almost five years ago": { N: String(now() - 5 * year + 86_400) },
      "more than five years ago": { N: String(now() - 5 * year - 10 * 86_400) },
    })) {
      await put(dynamodb, expiring(id, expiresAt));
    }
    await put(dynamodb, item("ann", "none"));
    const deleted = nextWrite(dynamodb);
    dynamodb.start();
    await deleted;
    const kept = ["future", "milliseconds", "more than five years ago", "none", "text"];
    expect(await idsIn(dynamodb)).toEqual(kept);
    expect(await idsIn(dynamodb, "byState")).toEqual(kept);
  });

  it("shows in the stream who deleted an item", async () => {
    const dynamodb = await boot();
    await put(dynamodb, expiring("first", { N: String(now() - 10) }));
    await put(dynamodb, expiring("second", { N: String(now() - 10) }));
    await dynamodb.execute(admin, "DeleteItem", { TableName: "assets", Key: keyOf("first") });
    const deleted = nextWrite(dynamodb);
    dynamodb.start();
    await deleted;
    const records = [
      ["INSERT", "first", undefined],
      ["INSERT", "second", undefined],
      ["REMOVE", "first", undefined],
      ["REMOVE", "second", byService],
    ];
    expect(await recordsOf(dynamodb)).toEqual(records);
    // The same for the next reader.
    expect(await recordsOf(dynamodb)).toEqual(records);
  });

  it("deletes at the next start what expired while the cloud was down, and records stay as they are", async () => {
    const storage = temporaryStorage();
    const first = await boot({ storage });
    await put(first, expiring("early", { N: String(now() - 10) }));
    const deleted = nextWrite(first);
    first.start();
    await deleted;
    await first.stop();
    const second = await boot({ storage });
    // It is not started yet: the item expires and stays.
    await put(second, expiring("late", { N: String(now() - 10) }));
    expect(await recordsOf(second)).toContainEqual(["REMOVE", "early", byService]);
    await second.stop();
    const third = await boot({ storage });
    expect(await idsIn(third)).toEqual(["late"]);
    const deletedNow = nextWrite(third);
    third.start();
    await deletedNow;
    expect(await idsIn(third)).toEqual([]);
    expect((await recordsOf(third)).filter((record) => (record as unknown[])[0] === "REMOVE")).toEqual([
      ["REMOVE", "early", byService],
      ["REMOVE", "late", byService],
    ]);
  });

  it("needs no stream, and takes a key as its attribute", async () => {
    const dynamodb = await boot({
      change: {
        attributes: [
          { name: "owner", type: "S" },
          { name: "expiresAt", type: "N" },
        ],
        rangeKey: "expiresAt",
        globalSecondaryIndexes: [],
        streamEnabled: false,
      },
    });
    await put(dynamodb, expiring("past", { N: String(now() - 10) }));
    await put(dynamodb, expiring("future", { N: String(now() + 1000) }));
    const deleted = nextWrite(dynamodb);
    dynamodb.start();
    await deleted;
    expect(await idsIn(dynamodb)).toEqual(["future"]);
  });

  it("is off unless it is enabled, as in Pulumi's provider", async () => {
    const dynamodb = await boot({ change: { ttl: { attributeName: "expiresAt" } } });
    expect(await dynamodb.execute(admin, "DescribeTimeToLive", { TableName: "assets" })).toMatchObject({
      TimeToLiveDescription: { TimeToLiveStatus: "DISABLED" },
    });
    await expect(boot({ change: { ttl: { enabled: true } } })).rejects.toMatchObject({
      code: "InvalidInput",
      message: "Table assets: ttl.attributeName is missing, and ttl is enabled.",
    });
  });
});

describe("an expired item", () => {
  async function openTable() {
    const storage = temporaryStorage();
    const engine = await startEngine(storage, silentLog);
    const client = createClient(engine.endpoint, engine.connect);
    const [declared] = readTables(graphOf(table("assets", assets)));
    if (declared === undefined) {
      throw new Error("no table");
    }
    await provision(client, declared);
    const expiresAt = { N: String(now() - 10) };
    const Item = expiring("1", expiresAt);
    await client.send("DynamoDB_20120810", "PutItem", { TableName: "assets", Item });
    const stop = () => {
      client.close();
      return engine.stop();
    };
    return { storage, client, declared, expiresAt, stop };
  }

  /** Calls `between` before the first deletion, and settles after it. */
  async function expire(client: EngineClient, between: () => Promise<unknown>, expired: ExpiredItems) {
    const [declared] = readTables(graphOf(table("assets", assets)));
    const attempted = Promise.withResolvers<unknown>();
    const expiry = new Expiry({
      exists: () => true,
      client: {
        ...client,
        async send(target, operation, input, signal) {
          if (operation !== "DeleteItem") {
            return client.send(target, operation, input, signal);
          }
          await between();
          return client.send(target, operation, input, signal).finally(() => attempted.resolve(undefined));
        },
      },
      ...{ tables: declared ? [declared] : [], expired, deleted: () => undefined },
      ...{ clock: Date.now, log: silentLog, intervalMs: 3_600_000 },
    });
    expiry.start();
    await attempted.promise;
    await expiry.stop();
  }

  const removed = (expiresAt: Item) => ({
    eventName: "REMOVE",
    dynamodb: {
      ApproximateCreationDateTime: now(),
      Keys: keyOf("1"),
      OldImage: { expiresAt } as Item,
      SequenceNumber: "7",
    },
  });

  it("stays if it is renewed before it is deleted", async () => {
    const { storage, client, expiresAt, stop } = await openTable();
    const expired = new ExpiredItems(storage);
    const renewed = expiring("1", { N: String(now() + 1000) });
    await expire(
      client,
      () => client.send("DynamoDB_20120810", "PutItem", { TableName: "assets", Item: renewed }),
      expired,
    );
    const read = { TableName: "assets", Key: keyOf("1") };
    expect(await client.send("DynamoDB_20120810", "GetItem", read)).toEqual({ Item: renewed });
    expect(expired.includes("assets", "expiresAt", removed(expiresAt))).toBe(false);
    expired.close();
    await stop();
  });

  it("is known as expired even if the cloud is killed before it reads the record", async () => {
    const { storage, client, expiresAt, stop } = await openTable();
    const expired = new ExpiredItems(storage);
    await expire(client, () => Promise.resolve(), expired);
    await stop();
    const again = new ExpiredItems(storage);
    const record = removed(expiresAt);
    expect(again.includes("assets", "expiresAt", { ...record, eventName: "MODIFY" })).toBe(false);
    expect(again.includes("others", "expiresAt", record)).toBe(false);
    expect(again.includes("assets", "expiresAt", removed({ N: "1" }))).toBe(false);
    expect(again.includes("assets", "expiresAt", record)).toBe(true);
    // Another record of an equal item is somebody's own deletion.
    const other = { ...record, dynamodb: { ...record.dynamodb, SequenceNumber: "8" } };
    expect(again.includes("assets", "expiresAt", other)).toBe(false);
    expect(again.includes("assets", "expiresAt", record)).toBe(true);
    // A day later the stream does not hold the record.
    again.prune(Date.now() + 26 * 3_600_000);
    expect(again.includes("assets", "expiresAt", record)).toBe(false);
    again.close();
    expired.close();
  });

  it("costs nothing where no table has a time to live", async () => {
    const without = { ...assets, ttl: { attributeName: "expiresAt", enabled: false } };
    const requests: string[] = [];
    const storage = temporaryStorage();
    const expired = new ExpiredItems(storage);
    const expiry = new Expiry({
      exists: () => true,
      client: {
        send: (_target, operation) => Promise.reject(new Error(String(requests.push(operation)))),
        close: () => undefined,
      },
      ...{ tables: readTables(graphOf(table("assets", without))), expired, deleted: () => undefined },
      ...{ clock: Date.now, log: silentLog, intervalMs: 1 },
    });
    expiry.start();
    await expiry.stop();
    expect(requests).toEqual([]);
  });
});
