import { randomUUID } from "node:crypto";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Asset } from "../../domain/asset.ts";
import { dueShard, wait } from "../../domain/due.ts";
import { uploadStateOf } from "../../functions/ingest/upload-state.ts";
import { label } from "../../functions/label/label.ts";
import { assetSource, deliverySource } from "../../functions/sweep/sources.ts";
import { maxRows, sweep } from "../../functions/sweep/sweep.ts";
import { anAsset } from "../support/asset.ts";
import { useCloud } from "../support/cloud.ts";
import { noLimit } from "../support/budget.ts";
import { labellingOf } from "../support/labelling.ts";
import { asFunction, type FunctionSide } from "../support/function.ts";
import { lapsed, type Pair, putRows, rowAndBucket } from "../support/repair.ts";

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

const given = (changes: Partial<Asset> = {}) => rowAndBucket(side, owner, changes);

const day = 86_400_000;

const deleted = (formerState: Asset["state"]): Partial<Asset> => ({ state: "DELETED", formerState });

describe("a check of a row and its object", () => {
  const at = lapsed(anAsset());

  it.each<[string, Partial<Asset>, "there" | "gone", string, Partial<Asset> | undefined]>([
    [
      "whose upload was not notifications",
      {},
      "there",
      "received",
      { state: "RECEIVED", labelStatus: "SKIPPED" },
    ],
    ["whose bytes are others", { contentLength: 5 }, "there", "rejected", { state: "REJECTED" }],
    ["whose URL lapsed", {}, "gone", "expired", { state: "EXPIRED", dueAt: at + wait.late }],
    ["received and there", { state: "RECEIVED" }, "there", "agrees", { dueAt: at + wait.audit }],
    ["rejected and there", { state: "REJECTED" }, "there", "late", { state: "REJECTED" }],
    ["rejected and gone", { state: "REJECTED" }, "gone", "agrees", { state: "REJECTED" }],
    ["received and gone", { state: "RECEIVED" }, "gone", "removed", undefined],
    ["confirmed and gone", { state: "UPLOADED" }, "gone", "removed", undefined],
    ["expired and there", { state: "EXPIRED" }, "there", "late", { state: "EXPIRED", dueAt: at + wait.late }],
    ["deleted before its upload", deleted("CREATED"), "there", "received", deleted("RECEIVED")],
    ["deleted, and never uploaded", deleted("CREATED"), "gone", "expired", deleted("EXPIRED")],
    ["deleted, and gone", deleted("UPLOADED"), "gone", "removed", undefined],
    ["deleted, expired and there", deleted("EXPIRED"), "there", "late", deleted("EXPIRED")],
  ])("%s", async (_, changes, object, outcome, expected) => {
    const { bucket, row, check } = await given(changes);
    if (object === "there") {
      bucket.put();
    }
    expect(await check()).toBe(outcome);
    const after = await row();
    expect(after === undefined).toBe(expected === undefined);
    expect(after ?? {}).toMatchObject(expected ?? {});
    expect(bucket.has()).toBe(object === "there" && outcome !== "late" && outcome !== "rejected");
    expect(bucket.renditions).toBe(outcome !== "removed");
  });

  it("of a settled row writes nothing if the sweep has set its next time", async () => {
    const { asset, bucket, row, check } = await given({ state: "RECEIVED", labelStatus: "DONE" });
    bucket.put();
    expect(await check((asset.dueAt ?? 0) - wait.audit)).toBe("agrees");
    expect(await row()).toEqual(asset);
  });

  it("of an expired row without an object is the last", async () => {
    const { row, check } = await given({ state: "EXPIRED" });
    expect(await check()).toBe("agrees");
    expect(await row()).not.toHaveProperty("dueAt");
    expect(await row()).toMatchObject({ state: "EXPIRED", version: 1 });
  });

  it("changes nothing while an upload URL may be in use", async () => {
    const { asset, row, check } = await given();
    expect(await check(lapsed(asset) - 1)).toBe("agrees");
    expect(await row()).toEqual({ ...asset, dueAt: lapsed(asset) });
  });

  it.each<[string, Partial<Asset>]>([
    ["deleted", deleted("UPLOADED")],
    ["deleted before its upload", deleted("CREATED")],
    ["rejected", { state: "REJECTED" }],
    ["expired", { state: "EXPIRED" }],
  ])("requests the purge of what was %s, once its time is over", async (_, changes) => {
    const keeping = { deletedDays: 10, failedDays: 10 };
    const { asset, bucket, row, check } = await rowAndBucket(side, owner, changes, keeping);
    if (changes.state !== "EXPIRED") {
      bucket.put();
    }
    const end = Date.parse(asset.updatedAt) + 10 * day;
    await check(end - 1);
    const before = await row();
    expect(before).not.toHaveProperty("purgeRequestedAt");
    const kept = Date.parse(before?.updatedAt ?? "") + 10 * day;
    if (before?.version === 1) {
      expect(before.dueAt).toBe(kept);
    }
    expect(await check(kept)).toBe("retention ended");
    const after = await row();
    expect(after).toMatchObject({ state: "DELETED", purgeRequestedAt: new Date(kept).toISOString() });
    expect(Object.keys(after ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(liveId|stateId|formerState|formerStateId)$/)]),
    );
    expect(await check(kept)).toBe("purging");
  });

  it.each<[string, Partial<Asset>, object]>([
    ["what is in use", { state: "UPLOADED" }, { deletedDays: 1, failedDays: 1 }],
    ["what was deleted, without a limit", deleted("UPLOADED"), { deletedDays: 0, failedDays: 1 }],
    ["what was rejected, without a limit", { state: "REJECTED" }, { deletedDays: 1, failedDays: 0 }],
    ["anything while a table is restored", deleted("UPLOADED"), { deletedDays: 1, removes: false }],
  ])("never purges %s", async (_, changes, keeping) => {
    const { asset, bucket, row, check } = await rowAndBucket(side, owner, changes, keeping);
    if (asset.state !== "REJECTED") {
      bucket.put();
    }
    expect(await check(Date.parse(asset.updatedAt) + 4000 * day)).toBe("agrees");
    expect(await row()).toMatchObject({ state: asset.state, version: 1 });
  });

  it("of a row that is being purged requests the purge again, and changes nothing", async () => {
    const purgeRequestedAt = "2026-01-01T00:00:00.000Z";
    const { asset, row, check, purges } = await given({ state: "DELETED", purgeRequestedAt });
    expect(await check()).toBe("purging");
    expect(purges).toEqual([{ ownerId: asset.ownerId, id: asset.id }]);
    expect(await row()).toEqual(asset);
  });

  it("of a missing row does nothing", async () => {
    const { check, asset, row } = await given();
    await side.assets.remove(asset, { when: "attribute_exists(#id)" });
    expect(await check()).toBe("gone");
    expect(await row()).toBeUndefined();
  });
});

describe("a check, with at the same time", () => {
  it("an upload that completes after the bucket was read: its event removes it", async () => {
    const { bucket, row, check, deliver } = await given();
    bucket.meanwhile = bucket.put;
    expect(await check()).toBe("expired");
    expect(await deliver(bucket.notifications[0])).toBe("late");
    expect(bucket.has()).toBe(false);
    expect(await deliver(bucket.notifications[1])).toBe("stale");
    expect(await row()).toMatchObject({ state: "EXPIRED" });
  });

  it("an upload whose event is handled before the check writes: received", async () => {
    const { bucket, row, check, deliver } = await given();
    bucket.meanwhile = () => {
      bucket.put();
      return deliver(bucket.notifications[0]);
    };
    expect(await check()).toBe("stale");
    expect(await row()).toMatchObject({ state: "RECEIVED" });
    expect(bucket.has()).toBe(true);
  });

  it("the event of what it received: the event changes nothing", async () => {
    const { bucket, row, check, deliver } = await given();
    bucket.put();
    expect(await check()).toBe("received");
    const after = await row();
    expect(await deliver(bucket.notifications[0])).toBe("stale");
    expect(await row()).toEqual(after);
  });

  it("a renewal: nothing expires", async () => {
    const { asset, bucket, row, check } = await given();
    const uploadExpiresAt = new Date(lapsed(asset) + 300_000).toISOString();
    bucket.meanwhile = () =>
      side.assets.update(asset, { set: { uploadExpiresAt }, when: "attribute_exists(#id)" });
    expect(await check()).toBe("stale");
    expect(await row()).toMatchObject({ state: "CREATED", uploadExpiresAt });
  });

  it("a removal: the row stays removed", async () => {
    const { bucket, row, check, deliver } = await given();
    bucket.put();
    bucket.meanwhile = async () => {
      bucket.remove();
      await deliver(bucket.notifications[1]);
    };
    expect(await check()).toBe("stale");
    expect(await row()).toBeUndefined();
    expect(await deliver(bucket.notifications[0])).toBe("orphan");
  });

  it("a deletion: the row of a removed object waits for the next check", async () => {
    const { asset, bucket, row, check } = await given({ state: "RECEIVED" });
    bucket.meanwhile = () =>
      side.assets.update(asset, {
        set: { state: "DELETED", formerState: "RECEIVED" },
        when: "attribute_exists(#id)",
      });
    expect(await check()).toBe("stale");
    expect(await row()).toMatchObject({ state: "DELETED", version: asset.version + 1 });
  });

  it("an event that reads before the row expires and writes after it: the late object is removed", async () => {
    const { asset, bucket, row, deliver } = await given();
    bucket.put();
    bucket.meanwhile = () =>
      side.assets.update(asset, {
        set: { state: "EXPIRED", stateId: `EXPIRED#${asset.id}` },
        when: "#state = :from",
        values: { from: "CREATED" },
      });
    expect(await deliver(bucket.notifications[0])).toBe("late");
    expect(bucket.has()).toBe(false);
    expect(await row()).toMatchObject({ state: "EXPIRED" });
  });

  it("uploads, removals, events and other checks in any order: row and object agree in the end", async () => {
    const step = fc.record({
      kind: fc.constantFrom("put", "remove", "event", "event", "check", "check"),
      pick: fc.nat(),
      /** While the step before is between its look at the bucket and its write. */
      meanwhile: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
        const pair = await given();
        await inOrder(steps, pair);
        const { bucket, row } = pair;
        const asset = await row();
        expect(asset?.state).not.toBe("CREATED");
        const wanted = asset !== undefined && uploadStateOf(asset) !== "EXPIRED";
        // An object without a row is the audit's.
        expect([asset?.state, asset ? bucket.has() : false]).toEqual([asset?.state, wanted]);
      }),
      { numRuns: 40 },
    );
  });
});

interface Step {
  readonly kind: string;
  readonly pick: number;
  readonly meanwhile: boolean;
}

/** Takes the steps, then delivers every event, the latest first, and checks again. */
async function inOrder(steps: readonly Step[], { bucket, deliver, check }: Pair): Promise<void> {
  const left = [...steps];
  const take = async (): Promise<void> => {
    const step = left.shift();
    if (left[0]?.meanwhile) {
      bucket.meanwhile = take;
    }
    switch (step?.kind) {
      case "put":
        bucket.put();
        break;
      case "remove":
        bucket.remove();
        break;
      case "event":
        await deliver(bucket.notifications[step.pick % Math.max(bucket.notifications.length, 1)]);
        break;
      default:
        await check();
    }
  };
  while (left.length > 0) {
    await take();
  }
  bucket.meanwhile = undefined;
  for (const event of bucket.notifications.toReversed()) {
    await deliver(event);
  }
  await check();
}

describe("a sweep", () => {
  const now = 1_000_000_000_000;

  const physical = (name: string) => sweeper.queue(name).url;

  const queues = () => ({
    labelQueueUrl: physical("pipeline-labels"),
    objectQueueUrl: physical("uploads-events"),
    indexQueueUrl: physical("search-jobs"),
    thumbnailQueueUrl: physical("thumbnails-jobs"),
  });

  async function run(at = now, to: ReturnType<typeof queues> = queues()) {
    const sources = [
      assetSource(sweeper.table("assets"), to),
      deliverySource(sweeper.table("callbacks"), physical("callbacks-deliveries")),
    ];
    const failures: unknown[] = [];
    const { dynamodb, sqs } = sweeper;
    const result = await sweep(sources, {
      dynamodb,
      sqs,
      now: () => at,
      failed: (error) => failures.push(error),
    });
    return { ...result, failures };
  }

  /** What the queue holds; it is empty afterwards. */
  async function messages(QueueUrl: string): Promise<unknown[]> {
    const { sqs } = owner;
    const bodies: unknown[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) {
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

  it("sends each row that is due once, though two sweeps run, and changes only its time", async () => {
    const ownerId = randomUUID();
    const waiting = rowsOf(ownerId, 40, { state: "CREATED" });
    const stuck = rowsOf(randomUUID(), 20, { state: "RECEIVED", labelStatus: "PENDING", labelRun: 3 });
    const hidden = rowsOf(randomUUID(), 1, { ...deleted("RECEIVED"), labelStatus: "RUNNING" });
    const early = rowsOf(randomUUID(), 5, { dueAt: now + 1 });
    const delivery = { ownerId, id: "delivery", dueShard: "0", dueAt: now };
    await putRows(owner, "assets", [...waiting, ...stuck, ...hidden, ...early]);
    await putRows(owner, "callbacks", [delivery]);

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
    const detect = () => Promise.resolve(found);
    const labels = asFunction(use(), "label");
    const labelling = labellingOf(labels, { budget: noLimit, detect, now: () => now, lease: 1 });
    expect(await label(jobs[0] as (typeof jobs)[0], { jobId: "message", last: false }, labelling)).toBe(
      "labelled",
    );
    labels.close();
  });

  it("reads a limited number of rows of a shard, the oldest first, and the rest next time", async () => {
    const rows = rowsOf(randomUUID(), maxRows + 7, { dueShard: "3", dueAt: now });
    const oldest = { ...anAsset({ ownerId: randomUUID(), dueShard: "3", dueAt: 1 }) };
    await putRows(owner, "assets", [...rows, oldest]);
    expect(await run()).toMatchObject({ due: maxRows, sent: maxRows, lag: now - 1 });
    expect(await run()).toMatchObject({ due: 8, sent: 8, lag: 0 });
    await messages(queues().objectQueueUrl);
  });

  it("sends again what could not be sent", async () => {
    const rows = rowsOf(randomUUID(), 3, { dueAt: now });
    await putRows(owner, "assets", rows);
    const nowhere = { ...queues(), objectQueueUrl: `${queues().objectQueueUrl}-none` };
    const failed = await run(now, nowhere);
    expect(failed).toMatchObject({ due: 3, taken: 3, sent: 0 });
    expect(failed.failures.length).toBeGreaterThan(0);
    expect(await run()).toMatchObject({ due: 0 });
    await run(now + wait.again);
    const asked = rows.map(({ ownerId, id }) => ({ check: { ownerId, id } }));
    expect(await messages(queues().objectQueueUrl)).toEqual(expect.arrayContaining(asked));
  });
});
