import { randomUUID } from "node:crypto";
import { BatchWriteItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Asset, objectKey } from "../../domain/asset.ts";
import { dueShard, wait } from "../../domain/due.ts";
import { audit } from "../../functions/ingest/audit.ts";
import { check } from "../../functions/ingest/check.ts";
import { cursorIn } from "../../functions/ingest/cursor.ts";
import { fateOf } from "../../functions/ingest/fate.ts";
import { ingest, type ObjectEvent } from "../../functions/ingest/ingest.ts";
import type { Objects } from "../../functions/ingest/objects.ts";
import { label } from "../../functions/label/label.ts";
import { moveDueIn } from "../../functions/shared/due.ts";
import { assetSource, deliverySource } from "../../functions/sweep/sources.ts";
import { mostAtOnce, sweep } from "../../functions/sweep/sweep.ts";
import { ofType } from "../../local/graph.ts";
import { anAsset } from "../support/asset.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction, type FunctionSide } from "../support/function.ts";

const use = useCloud({ mappings: false });

let side: FunctionSide;
let sweeper: FunctionSide;
let owner: FunctionSide;

beforeAll(() => {
  side = asFunction(use(), "ingest");
  sweeper = asFunction(use(), "sweep");
  owner = asFunction(use(), "administrator");
});

afterAll(() => {
  for (const one of [side, sweeper, owner]) {
    one.close();
  }
});

const words = Buffer.from("some words");

/** A bucket for one object, that tells of what happens to it; `meanwhile` happens right after it was looked at. */
function bucketOf(name: string, meanwhile: () => Promise<unknown> = () => Promise.resolve()) {
  let object: Awaited<ReturnType<Objects["read"]>>;
  const told: ObjectEvent[] = [];
  const tell = (kind: ObjectEvent["kind"]) =>
    told.push({ kind, key: name, sequencer: String(told.length + 1).padStart(4, "0") });
  const read = async () => {
    const seen = object;
    await meanwhile();
    return seen;
  };
  return {
    told,
    has: () => object !== undefined,
    put(bytes = words) {
      if (!object) {
        object = { contentLength: bytes.length, contentType: "text/plain", head: new Uint8Array(bytes) };
        tell("created");
      }
    },
    read,
    exists: async () => (await read()) !== undefined,
    remove() {
      if (object) {
        object = undefined;
        tell("removed");
      }
      return Promise.resolve();
    },
  };
}

/** A row as it should be at the start, its bucket, and how they are compared. */
async function given(changes: Partial<Asset> = {}, meanwhile?: () => Promise<unknown>) {
  const asset = anAsset({
    ...{ ownerId: randomUUID(), contentType: "text/plain", contentLength: words.length },
    ...changes,
  });
  await put([asset]);
  const bucket = bucketOf(objectKey(asset.ownerId, asset.id), meanwhile);
  return {
    ...{ asset, bucket },
    row: () => side.assets.get(asset),
    deliver: (event: ObjectEvent | undefined) =>
      event ? ingest(event, { assets: side.assets, objects: bucket, now: Date.now }) : Promise.resolve(),
    check: (now = lapsed(asset)) =>
      check(asset, {
        ...{ assets: side.assets, objects: bucket, now: () => now },
        moveDue: moveDueIn(side.dynamodb, side.table("assets")),
      }),
  };
}

const lapsed = (asset: Asset): number => Date.parse(asset.uploadExpiresAt) + wait.upload;

async function put(rows: readonly object[], table = "assets"): Promise<void> {
  for (let from = 0; from < rows.length; from += 25) {
    const requests = rows.slice(from, from + 25).map((row) => ({ PutRequest: { Item: marshall(row) } }));
    await owner.dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [owner.table(table)]: requests } }),
    );
  }
}

const deleted = (formerState: Asset["state"]): Partial<Asset> => ({ state: "DELETED", formerState });

describe("a check of a row and its object", () => {
  const at = lapsed(anAsset());

  it.each<[string, Partial<Asset>, "there" | "gone", string, Partial<Asset> | undefined]>([
    ["whose upload was not told", {}, "there", "received", { state: "RECEIVED", labelStatus: "SKIPPED" }],
    ["whose bytes are others", { contentLength: 5 }, "there", "rejected", { state: "REJECTED" }],
    ["whose URL lapsed", {}, "gone", "expired", { state: "EXPIRED", dueAt: at + wait.late }],
    ["received and there", { state: "RECEIVED" }, "there", "agrees", { dueAt: at + wait.audit }],
    ["rejected and there", { state: "REJECTED" }, "there", "agrees", { dueAt: at + wait.audit }],
    ["received and gone", { state: "RECEIVED" }, "gone", "removed", undefined],
    ["confirmed and gone", { state: "UPLOADED" }, "gone", "removed", undefined],
    ["expired and there", { state: "EXPIRED" }, "there", "late", { state: "EXPIRED", dueAt: at + wait.late }],
    ["deleted before its upload", deleted("CREATED"), "there", "received", deleted("RECEIVED")],
    ["deleted, and never uploaded", deleted("CREATED"), "gone", "expired", deleted("EXPIRED")],
    ["deleted, and gone", deleted("UPLOADED"), "gone", "removed", undefined],
    ["deleted, expired and there", deleted("EXPIRED"), "there", "late", deleted("EXPIRED")],
  ])("%s", async (_, changes, object, outcome, expected) => {
    const { bucket, row, check: look } = await given(changes);
    if (object === "there") {
      bucket.put();
    }
    expect(await look()).toBe(outcome);
    const after = await row();
    expect(after && expected ? expected : after).toEqual(expected);
    expect(after ?? {}).toMatchObject(expected ?? {});
    expect(bucket.has()).toBe(object === "there" && outcome !== "late");
  });

  it("of an expired row that nothing came for is the last", async () => {
    const { row, check: look } = await given({ state: "EXPIRED" });
    expect(await look()).toBe("agrees");
    expect(await row()).not.toHaveProperty("dueAt");
    expect(await row()).toMatchObject({ state: "EXPIRED", version: 1 });
  });

  it("leaves alone what waits for a URL that may still be in use", async () => {
    const { asset, row, check: look } = await given();
    expect(await look(lapsed(asset) - 1)).toBe("agrees");
    expect(await row()).toEqual({ ...asset, dueAt: lapsed(asset) });
  });

  it("of a row that is gone does nothing", async () => {
    const { check: look, asset, row } = await given();
    await side.assets.remove(asset, { when: "attribute_exists(#id)" });
    expect(await look()).toBe("gone");
    expect(await row()).toBeUndefined();
  });
});

describe("a check and", () => {
  it("an upload that completes after the bucket was looked at: the event removes it", async () => {
    const late: { put?: () => void } = {};
    const { bucket, row, check: look, deliver } = await given({}, () => Promise.resolve(late.put?.()));
    late.put = bucket.put;
    expect(await look()).toBe("expired");
    expect(await deliver(bucket.told[0])).toBe("late");
    expect(bucket.has()).toBe(false);
    expect(await deliver(bucket.told[1])).toBe("stale");
    expect(await row()).toMatchObject({ state: "EXPIRED" });
  });

  it("an upload whose event is there before the check writes: received", async () => {
    const late: { run?: () => Promise<unknown> } = {};
    const { bucket, row, check: look, deliver } = await given({}, () => late.run?.() ?? Promise.resolve());
    late.run = () => {
      delete late.run;
      bucket.put();
      return deliver(bucket.told[0]);
    };
    expect(await look()).toBe("stale");
    expect(await row()).toMatchObject({ state: "RECEIVED" });
    expect(bucket.has()).toBe(true);
  });

  it("a renewal in between: nothing expires", async () => {
    const late: { run?: () => Promise<unknown> } = {};
    const { asset, row, check: look } = await given({}, () => late.run?.() ?? Promise.resolve());
    const uploadExpiresAt = new Date(lapsed(asset) + 300_000).toISOString();
    late.run = () => side.assets.update(asset, { set: { uploadExpiresAt }, when: "attribute_exists(#id)" });
    expect(await look()).toBe("stale");
    expect(await row()).toMatchObject({ state: "CREATED", uploadExpiresAt });
  });

  it("a removal in between: the row stays gone", async () => {
    const late: { run?: () => Promise<unknown> } = {};
    const { bucket, row, check: look, deliver } = await given({}, () => late.run?.() ?? Promise.resolve());
    bucket.put();
    late.run = async () => {
      await bucket.remove();
      expect(await deliver(bucket.told[1])).toBe("removed");
    };
    expect(await look()).toBe("stale");
    expect(await row()).toBeUndefined();
    expect(await deliver(bucket.told[0])).toBe("orphan");
  });

  it("an event that reads before the check and writes after it: the late object is removed all the same", async () => {
    const late: { run?: () => Promise<unknown> } = {};
    const { asset, bucket, row, deliver } = await given({}, () => late.run?.() ?? Promise.resolve());
    bucket.put();
    late.run = () => {
      delete late.run;
      const expired = { state: "EXPIRED", stateId: `EXPIRED#${asset.id}` };
      return side.assets.update(asset, { set: expired, when: "#state = :from", values: { from: "CREATED" } });
    };
    expect(await deliver(bucket.told[0])).toBe("late");
    expect(bucket.has()).toBe(false);
    expect(await row()).toMatchObject({ state: "EXPIRED" });
  });

  it("any number of uploads, removals, events and other checks, in any order: row and object agree", async () => {
    const step = fc.record({
      kind: fc.constantFrom("put", "remove", "event", "event", "check", "check"),
      pick: fc.nat(),
      /** Happens while the step before looks at the bucket, if that looks. */
      meanwhile: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
        const left = [...steps];
        const world = await given({}, async () => {
          if (left[0]?.meanwhile) {
            await run(left.shift());
          }
        });
        const { bucket, row, deliver, check: look } = world;
        const run = async (next: (typeof steps)[number] | undefined): Promise<unknown> => {
          switch (next?.kind) {
            case "put":
              return bucket.put();
            case "remove":
              return bucket.remove();
            case "event":
              return deliver(bucket.told[next.pick % Math.max(bucket.told.length, 1)]);
            default:
              return look();
          }
        };
        while (left.length > 0) {
          await run(left.shift());
        }
        // In the end every event comes, the latest first, and somebody looks once more.
        for (const event of bucket.told.toReversed()) {
          await deliver(event);
        }
        await look();
        const after = await row();
        expect(after?.state).not.toBe("CREATED");
        expect([after?.state, after ? bucket.has() : false]).toEqual([
          after?.state,
          after !== undefined && fateOf(after) !== "EXPIRED",
        ]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("an audit of the objects", () => {
  const hour = 3_600_000;

  /** A bucket of these keys, walked two at a time. */
  function auditing(keys: readonly string[], modified = 0, id = randomUUID()) {
    const removed: string[] = [];
    const sorted = [...keys].sort();
    const run = (overtaken: () => Promise<unknown> = () => Promise.resolve()) =>
      audit({
        assets: side.assets,
        objects: {
          async list(after) {
            await overtaken();
            const objects = sorted.filter((key) => key > after).map((key) => ({ key, modified }));
            return { objects: objects.slice(0, 2), last: objects.length <= 2 };
          },
          remove: (key) => Promise.resolve(void removed.push(key)),
        },
        cursor: cursorIn(side.dynamodb, side.table("cursors"), id),
        now: () => 2 * hour,
        removed: () => undefined,
      });
    return { removed, run };
  }

  const nameOf = ({ ownerId, id }: Asset) => objectKey(ownerId, id);

  it("removes those that no row wants, keeps the others, and begins again at the end", async () => {
    const rows = [
      anAsset({ ownerId: "a-received", state: "RECEIVED" }),
      anAsset({ ownerId: "b-deleted", ...deleted("UPLOADED") }),
      anAsset({ ownerId: "c-expired", state: "EXPIRED" }),
    ];
    await put(rows);
    const orphan = objectKey("d-nobody", anAsset().id);
    const foreign = "uploads/e-foreign/readme.txt";
    const { removed, run } = auditing([...rows.map(nameOf), orphan, foreign]);
    expect(await run()).toEqual({ objects: 2, orphans: 0, foreign: 0, moved: true });
    expect(await run()).toEqual({ objects: 2, orphans: 2, foreign: 0, moved: true });
    expect(await run()).toEqual({ objects: 1, orphans: 0, foreign: 1, moved: true });
    expect(removed.sort()).toEqual([rows[2] && nameOf(rows[2]), orphan]);
    expect(await run()).toMatchObject({ objects: 2, orphans: 0 });
  });

  it("leaves alone what came within the hour", async () => {
    const { removed, run } = auditing([objectKey("nobody", anAsset().id)], hour);
    expect(await run()).toMatchObject({ objects: 1, orphans: 0 });
    expect(removed).toEqual([]);
  });

  it("does no harm twice at once: one of them moves on", async () => {
    const { run } = auditing(["uploads/a/1", "uploads/b/2", "uploads/c/3"]);
    const other: { run?: () => Promise<unknown> } = {
      run: async () => {
        delete other.run;
        expect(await run()).toMatchObject({ moved: true });
      },
    };
    expect(await run(() => other.run?.() ?? Promise.resolve())).toMatchObject({ moved: false });
    expect(await run()).toMatchObject({ objects: 1 });
  });
});

describe("a sweep", () => {
  const now = 1_000_000_000_000;

  const physical = (name: string) =>
    ofType(use().cloud.graph, "aws:sqs/queue:Queue").find((queue) => queue.name === name)?.outputs.url ?? "";

  function sqsOf(role: string): SQSClient {
    const { endpointUrl: endpoint, region, roles } = use().cloud.ready;
    return new SQSClient({
      endpoint,
      region,
      credentials: roles[role] ?? { accessKeyId: "", secretAccessKey: "" },
    });
  }

  const queues = () => ({
    labelQueueUrl: physical("pipeline-labels"),
    objectQueueUrl: physical("uploads-events"),
  });

  async function run(at = now, to: ReturnType<typeof queues> = queues()) {
    const sqs = sqsOf("sweep");
    const sources = [
      assetSource(sweeper.table("assets"), to),
      deliverySource(sweeper.table("callbacks"), physical("callbacks-deliveries")),
    ];
    const failures: unknown[] = [];
    const { dynamodb } = sweeper;
    const result = await sweep(sources, {
      dynamodb,
      sqs,
      now: () => at,
      failed: (error) => failures.push(error),
    });
    sqs.destroy();
    return { ...result, failures };
  }

  /** What the queue holds; it is empty afterwards. */
  async function messages(QueueUrl: string): Promise<unknown[]> {
    const sqs = sqsOf("administrator");
    const bodies: unknown[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) {
        sqs.destroy();
        return bodies;
      }
      for (const { Body = "", ReceiptHandle } of Messages) {
        bodies.push(JSON.parse(Body));
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  const symbols = Array.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ");

  const rowsOf = (ownerId: string, count: number, changes: Partial<Asset>): Asset[] =>
    Array.from({ length: count }, (_, index) => {
      const id = `01JD3Z6V5K8Q2M7N4P9R0S${String(index).padStart(3, "0")}${symbols[index % symbols.length]}`;
      return anAsset({ ownerId, id, dueShard: dueShard(id), dueAt: now - index, ...changes });
    });

  it("asks for each row that is due once, though two run at once, and changes nothing but its time", async () => {
    const ownerId = randomUUID();
    const waiting = rowsOf(ownerId, 40, { state: "CREATED" });
    const stuck = rowsOf(randomUUID(), 20, { state: "RECEIVED", labelStatus: "PENDING", labelRun: 3 });
    const hidden = rowsOf(randomUUID(), 1, { ...deleted("RECEIVED"), labelStatus: "RUNNING" });
    const early = rowsOf(randomUUID(), 5, { dueAt: now + 1 });
    const delivery = { ownerId, id: "delivery", dueShard: "0", dueAt: now };
    await put([...waiting, ...stuck, ...hidden, ...early]);
    await put([delivery], "callbacks");

    const [one, other] = await Promise.all([run(), run()]);
    expect(one.taken + other.taken).toBe(62);
    expect(one.sent + other.sent).toBe(62);
    expect(Math.max(one.lag, other.lag)).toBe(39);
    const { labelQueueUrl, objectQueueUrl } = queues();
    const checks = [...waiting, ...hidden].map(({ id, ownerId: theirs }) => ({
      check: { ownerId: theirs, id },
    }));
    expect(await messages(objectQueueUrl)).toEqual(expect.arrayContaining(checks));
    const jobs = stuck.map(({ id, ownerId: theirs }) => ({ ownerId: theirs, id, run: 3 }));
    const asked = await messages(labelQueueUrl);
    expect(asked).toHaveLength(20);
    expect(asked).toEqual(expect.arrayContaining(jobs));
    expect(await messages(physical("callbacks-deliveries"))).toEqual([{ ownerId, id: "delivery" }]);
    for (const row of [waiting[0], stuck[19]] as Asset[]) {
      expect(await side.assets.get(row)).toEqual({ ...row, dueAt: now + wait.again });
    }
    expect(await run()).toMatchObject({ due: 0 });

    const found = { labels: [] };
    const labelling = { assets: side.assets, detect: () => Promise.resolve(found), now: () => now, lease: 1 };
    expect(await label(jobs[0] as (typeof jobs)[0], "message", labelling)).toBe("labelled");
  });

  it("looks at no more than so many rows of a shard, those that waited longest, and then at the rest", async () => {
    const rows = rowsOf(randomUUID(), mostAtOnce + 7, { dueShard: "3", dueAt: now });
    const oldest = { ...anAsset({ ownerId: randomUUID(), dueShard: "3", dueAt: 1 }) };
    await put([...rows, oldest]);
    expect(await run()).toMatchObject({ due: mostAtOnce, sent: mostAtOnce, lag: now - 1 });
    expect(await run()).toMatchObject({ due: 8, sent: 8, lag: 0 });
    await messages(queues().objectQueueUrl);
  });

  it("brings up again what could not be sent", async () => {
    await put(rowsOf(randomUUID(), 3, { dueAt: now }));
    const nowhere = { ...queues(), objectQueueUrl: `${queues().objectQueueUrl}-none` };
    const failed = await run(now, nowhere);
    expect(failed).toMatchObject({ due: 3, taken: 3, sent: 0 });
    expect(failed.failures.length).toBeGreaterThan(0);
    expect(await run()).toMatchObject({ due: 0 });
    expect(await run(now + wait.again)).toMatchObject({ sent: expect.any(Number) as number });
    expect((await messages(queues().objectQueueUrl)).length).toBeGreaterThanOrEqual(3);
  });
});
