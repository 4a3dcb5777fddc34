import { randomUUID } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Asset, objectKey, renditionsOf } from "../../../domain/asset.ts";
import { wait } from "../../../domain/due.ts";
import { audit } from "../../../functions/ingest/audit.ts";
import { type Cursor, cursorIn } from "../../../functions/ingest/cursor.ts";
import { objectsIn } from "../../../functions/ingest/objects.ts";
import { type AuditState, startOfAudit } from "../../../functions/ingest/orphans.ts";
import { anAsset } from "../../support/asset.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";
import { putRows } from "../../support/repair.ts";

const day = 86_400_000;
const hour = 3_600_000;

/** Ids in the order of their creation, which is that of the numbers. */
const idOf = (number: number): string => `01JD3Z6V5K8Q2M7N${String(number).padStart(10, "0")}`;

/** As the bucket sorts them, owners are mixed: what was created together lies on many pages. */
const asset = (number: number): Asset =>
  anAsset({ ownerId: `owner-${String((number * 7919) % 1000)}`, id: idOf(number), state: "UPLOADED" });

const nameOf = ({ ownerId, id }: Asset): string => objectKey(ownerId, id);

/** A table, a bucket, and a clock. The bucket gives pages of so many objects. */
function world(assets: readonly Asset[], { pageSize = 100, removes = true } = {}) {
  const rows = new Map(assets.map((one) => [nameOf(one), one]));
  const objects = new Map(assets.map((one) => [nameOf(one), 0]));
  const clock = { now: 100 * day };
  const removed: string[] = [];
  const refusals: string[] = [];
  let kept: { state?: AuditState; step: number } = { step: 0 };
  const cursor: Cursor<AuditState> = {
    read: () => Promise.resolve(kept),
    move: (step, state) => {
      kept = step === kept.step ? { state, step: step + 1 } : kept;
      return Promise.resolve(true);
    },
  };
  const find = (key: { ownerId: string; id: string }) => rows.get(objectKey(key.ownerId, key.id));
  const page = () =>
    audit({
      assets: {
        get: (key) => Promise.resolve(find(key)),
        getMany: (keys) => {
          expect(new Set(keys.map(({ ownerId, id }) => `${ownerId}/${id}`)).size).toBe(keys.length);
          return Promise.resolve(keys.flatMap((key) => find(key) ?? []));
        },
      },
      objects: {
        list: (after) => {
          const behind = [...objects].filter(([key]) => key > after).sort(([a], [b]) => (a < b ? -1 : 1));
          return Promise.resolve({
            objects: behind.slice(0, pageSize).map(([key, modified]) => ({ key, modified })),
            last: behind.length <= pageSize,
          });
        },
        remove: (key) => {
          objects.delete(key);
          return Promise.resolve();
        },
      },
      cursor,
      now: () => clock.now,
      removes,
      removed: (key) => removed.push(key),
      refused: (reason) => refusals.push(reason),
    });
  /** Walks over all objects, once a day. */
  const walk = async (days = 1) => {
    for (let one = 0; one < days; one += 1) {
      do {
        await page();
      } while ((kept.state ?? startOfAudit).after !== "");
      clock.now += day;
    }
  };
  return { rows, objects, clock, removed, refusals, page, walk, state: () => kept.state };
}

const patience = wait.restore / day;

describe("a table that was restored to an earlier time", () => {
  const thousand = Array.from({ length: 1000 }, (_, number) => asset(number));

  it.each([1, 90, 100, 101, 999])("loses no object of its %i lost rows, nor of new rows", async (lost) => {
    const { rows, removed, refusals, walk, clock, objects } = world(thousand);
    await walk(2);
    for (const one of thousand.slice(1000 - lost)) {
      rows.delete(nameOf(one));
    }
    await walk(patience - 1);
    expect(removed).toEqual([]);
    expect(refusals.length > 0).toBe(lost > 10);
    // A later restore brings all rows back.
    for (const one of thousand) {
      rows.set(nameOf(one), one);
    }
    await walk(patience + 2);
    expect(removed).toEqual([]);
    expect([objects.size, clock.now]).toEqual([1000, (100 + 2 * patience + 3) * day]);
  });

  it.each([1, 90, 100, 101, 999])(
    "keeps the objects of %i lost rows while nobody writes to it",
    async (lost) => {
      const { rows, removed, walk } = world(thousand, { pageSize: 250 });
      await walk(2);
      for (const one of thousand.slice(1000 - lost)) {
        rows.delete(nameOf(one));
      }
      await walk(3 * patience);
      expect(removed).toEqual([]);
    },
  );

  it("keeps objects that are many on all pages together, though few on each page", async () => {
    const { rows, removed, refusals, walk } = world(thousand, { pageSize: 50 });
    for (const one of thousand.slice(500, 511)) {
      rows.delete(nameOf(one));
    }
    await walk(2 * patience);
    expect(removed).toEqual([]);
    expect(refusals).toContain("11 of 1000 objects have no row: is this the right table?");
  });

  it("restarts the time of missing rows when they are no longer many", async () => {
    const { rows, objects, removed, walk } = world(thousand);
    for (const one of thousand.slice(300, 311)) {
      rows.delete(nameOf(one));
    }
    await walk(2 * patience);
    // The bucket grows: eleven are few now.
    for (let number = 1000; number < 1200; number += 1) {
      rows.set(nameOf(asset(number)), asset(number));
      objects.set(nameOf(asset(number)), 0);
    }
    await walk(patience);
    expect(removed).toEqual([]);
  });
});

describe("a table that is new", () => {
  it("keeps the objects from before it", async () => {
    const assets = Array.from({ length: 100 }, (_, number) => asset(number));
    const { rows, removed, walk } = world(assets);
    // Before the audit has seen it.
    for (const one of assets.slice(0, 5)) {
      rows.delete(nameOf(one));
    }
    await walk(2 * patience);
    expect(removed).toEqual([]);
  });
});

describe("an object without a row", () => {
  const hundred = Array.from({ length: 100 }, (_, number) => asset(number));
  const orphans = [hundred[20], hundred[50], hundred[70]].flatMap((one) => (one ? [nameOf(one)] : []));

  const withOrphans = async (options = {}) => {
    const here = world(hundred, { pageSize: 30, ...options });
    await here.walk();
    for (const key of orphans) {
      here.rows.delete(key);
    }
    return here;
  };

  it("is removed in the end, and no other object is", async () => {
    const { walk, removed, refusals, objects } = await withOrphans();
    await walk(patience);
    expect(removed).toEqual([]);
    await walk();
    expect(removed.sort()).toEqual([...orphans].sort());
    expect(objects.size).toBe(97);
    await walk(2);
    expect([removed.length, refusals]).toEqual([3, []]);
  });

  it("is removed with its renditions; those of other rows stay, and each row is read once", async () => {
    const all = Array.from({ length: 50 }, (_, number) => asset(number));
    const { rows, objects, removed, walk } = world(all);
    const renditionOf = ({ ownerId, id }: Asset, name: string) => `${renditionsOf(ownerId, id)}${name}`;
    for (const one of all) {
      objects.set(renditionOf(one, "320.webp"), 0);
      objects.set(renditionOf(one, "1280.webp"), 0);
    }
    const [lost] = all.slice(20);
    rows.delete(lost ? nameOf(lost) : "");
    await walk(patience + 3);
    expect(removed.toSorted()).toEqual(
      lost && [renditionOf(lost, "1280.webp"), renditionOf(lost, "320.webp"), nameOf(lost)],
    );
    expect(objects.size).toBe(147);
  });

  it("is removed when its time is over to the millisecond, and not before", async () => {
    const { walk, page, clock, removed } = await withOrphans({ pageSize: 1000 });
    const seen = clock.now;
    await walk();
    clock.now = seen + wait.restore - 1;
    await page();
    expect(removed).toEqual([]);
    clock.now = seen + wait.restore;
    await page();
    expect(removed).toHaveLength(3);
  });

  it("starts its time again if its row was there in between", async () => {
    const { walk, rows, removed } = await withOrphans();
    await walk(patience - 1);
    rows.set(nameOf(hundred[20] as Asset), hundred[20] as Asset);
    await walk();
    rows.delete(nameOf(hundred[20] as Asset));
    await walk(patience);
    expect(removed.sort()).toEqual(orphans.slice(1).sort());
    await walk();
    expect(removed.sort()).toEqual([...orphans].sort());
  });

  it("stays after its time if many others lose their rows", async () => {
    const { walk, rows, removed } = await withOrphans({ pageSize: 1000 });
    await walk(patience);
    for (const one of hundred.slice(30, 41)) {
      rows.delete(nameOf(one));
    }
    await walk(2);
    expect(removed).toEqual([]);
  });

  it("stays, whatever its age, when removal is switched off", async () => {
    const { walk, removed, objects } = await withOrphans({ removes: false });
    await walk(2 * patience);
    expect([removed, objects.size]).toEqual([[], 100]);
  });

  it.each([
    [10, 10],
    [11, 0],
  ])("is one of few: of %i of 1,000, %i go", async (lost, gone) => {
    const assets = Array.from({ length: 1000 }, (_, number) => asset(number));
    const { rows, walk, removed } = world(assets, { pageSize: 250 });
    await walk();
    for (const one of assets.slice(300, 300 + lost)) {
      rows.delete(nameOf(one));
    }
    await walk(patience + 1);
    expect(removed).toHaveLength(gone);
  });

  it("is never removed before its time, whatever rows are added and removed", async () => {
    const step = fc.record({ number: fc.nat(99), there: fc.boolean(), days: fc.nat(20) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { rows, objects, walk, clock } = world(hundred, { pageSize: 30 });
        const lostAt = new Map<string, number>();
        for (const { number, there, days } of steps) {
          const one = hundred[number] as Asset;
          if (there) {
            rows.set(nameOf(one), one);
            lostAt.delete(nameOf(one));
          } else if (rows.delete(nameOf(one))) {
            lostAt.set(nameOf(one), clock.now);
          }
          const before = new Set(objects.keys());
          await walk(days);
          for (const key of before) {
            if (!objects.has(key)) {
              expect(clock.now - (lostAt.get(key) ?? Infinity)).toBeGreaterThanOrEqual(wait.restore);
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("the audit in the cloud", () => {
  const use = useCloud({ mappings: false });
  let side: FunctionSide;
  let owner: FunctionSide;

  beforeAll(() => {
    side = asFunction(use(), "ingest");
    owner = asFunction(use(), "administrator");
  });

  afterAll(() => {
    side.close();
    owner.close();
  });

  /** A bucket of these keys, walked two at a time. */
  function auditing(keys: readonly string[], modified = 0, removes = true) {
    const removed: string[] = [];
    const sorted = [...keys].sort();
    const cursor = cursorIn<AuditState>(side.dynamodb, side.table("cursors"), randomUUID());
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
        cursor,
        now: () => 2 * hour,
        removes,
        removed: () => undefined,
        refused: () => undefined,
      });
    return { removed, run, cursor };
  }

  const rows = () => [
    anAsset({ ownerId: "a-received", state: "RECEIVED" }),
    anAsset({ ownerId: "b-deleted", state: "DELETED", formerState: "UPLOADED" }),
    anAsset({ ownerId: "c-expired", state: "EXPIRED" }),
  ];

  it("removes what arrived after its row expired, keeps the rest, and starts again at the end", async () => {
    const assets = rows();
    await putRows(owner, "assets", assets);
    const rowless = objectKey("d-nobody", anAsset().id);
    const foreign = "uploads/e-foreign/readme.txt";
    const { removed, run } = auditing([...assets.map(nameOf), rowless, foreign]);
    const usual = { rowless: 0, orphans: 0, foreign: 0, refused: false, moved: true };
    expect(await run()).toEqual({ ...usual, objects: 2 });
    expect(await run()).toEqual({ ...usual, objects: 2, rowless: 1, orphans: 1 });
    expect(await run()).toEqual({ ...usual, objects: 1, foreign: 1 });
    expect(removed).toEqual([assets[2] && nameOf(assets[2])]);
    expect(await run()).toEqual({ ...usual, objects: 2 });
  });

  it("removes nothing when removal is switched off", async () => {
    const assets = rows();
    await putRows(owner, "assets", assets);
    const { removed, run } = auditing(assets.map(nameOf), 0, false);
    expect([await run(), await run()]).toMatchObject([{ orphans: 0 }, { objects: 1, orphans: 0 }]);
    expect(removed).toEqual([]);
  });

  it("lists the bucket itself, uploads and renditions", async () => {
    const { bucket: Bucket } = side;
    const ownerId = randomUUID();
    const expired = anAsset({ ownerId, state: "EXPIRED" });
    await putRows(owner, "assets", [expired]);
    const rendition = `${renditionsOf(ownerId, expired.id)}320.webp`;
    const keys = [rendition, nameOf(expired), `uploads/${ownerId}/readme.txt`, `other/${ownerId}`];
    for (const Key of keys) {
      await owner.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", IfNoneMatch: "*" }));
    }
    const objects = objectsIn(side.s3, Bucket);
    const removed: string[] = [];
    const result = await audit({
      ...{ assets: side.assets, objects, now: () => Date.now() + 2 * hour, removes: true },
      cursor: cursorIn(side.dynamodb, side.table("cursors"), randomUUID()),
      removed: (key) => removed.push(key),
      refused: () => undefined,
    });
    expect(result).toMatchObject({ objects: 4, orphans: 2, foreign: 2, moved: true });
    expect(removed.toSorted()).toEqual(keys.slice(0, 2));
    expect(await Promise.all(keys.slice(1, 3).map((key) => objects.exists(key)))).toEqual([false, true]);
    expect((await objects.list(keys[2] ?? "")).objects).toEqual([]);
  });

  it.each([
    ["an hour ago is left alone", hour, 0],
    ["before that is looked at", hour - 1, 1],
  ])("what came %s", async (_, modified, rowless) => {
    const { run } = auditing([objectKey("nobody", anAsset().id)], modified);
    expect(await run()).toMatchObject({ objects: 1, rowless });
  });

  it("can run twice at the same time: one of the runs advances, and counts", async () => {
    const keys = ["a", "b", "c"].map((name) => objectKey(name, anAsset().id));
    const { run, cursor } = auditing(keys);
    const other: { run?: () => Promise<unknown> } = {
      run: async () => {
        delete other.run;
        expect(await run()).toMatchObject({ moved: true });
      },
    };
    expect(await run(() => other.run?.() ?? Promise.resolve())).toMatchObject({ moved: false });
    expect((await cursor.read()).state?.walk).toMatchObject({ objects: 2, rowless: 2 });
    expect(await run()).toMatchObject({ objects: 1 });
    expect((await cursor.read()).state?.lastWalk).toMatchObject({ objects: 3, rowless: 3 });
  });
});
