import { randomUUID } from "node:crypto";
import { GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Asset, objectKey, renditionsOf } from "../../../domain/asset.ts";
import { deliveryId } from "../../../domain/callback.ts";
import type { RowKey } from "../../../domain/messages.ts";
import { purgedAssets, purgedKey } from "../../../domain/purged.ts";
import { labelIndexIn } from "../../../functions/indexer/label-index.ts";
import { reindex } from "../../../functions/indexer/reindex.ts";
import { purge, type Purging } from "../../../functions/purge/purge.ts";
import { purgedAssetsIn } from "../../../functions/purge/purged.ts";
import { versionsIn } from "../../../functions/purge/versions.ts";
import { partitionsIn } from "../../../functions/shared/partitions.ts";
import { anAsset, otherId } from "../../support/asset.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";
import { putRows } from "../../support/repair.ts";

const use = useCloud({ stack: "prod", mappings: false });

let side: FunctionSide;
let account: FunctionSide;

beforeAll(() => {
  side = asFunction(use(), "purge");
  account = asFunction(use(), "administrator");
});

afterAll(() => {
  side.close();
  account.close();
});

const purgeRequestedAt = "2026-01-01T00:00:00.000Z";

const erased = new Set<string>();

/** The real services of the function. */
function services(): Purging {
  const { assets, contents, dynamodb, s3, bucket, table } = side;
  const index = labelIndexIn(dynamodb, table("labels"), Date.now);
  const pause = () => Promise.resolve();
  return {
    ...{ assets, forgetContent: contents.forget },
    versions: versionsIn(s3, bucket),
    purged: purgedAssetsIn(dynamodb, table("client-tokens")),
    isErased: (ownerId) => Promise.resolve(erased.has(ownerId)),
    callbacks: partitionsIn(dynamodb, table("callbacks")),
    reindex: (key) => reindex(key, { assets, index, pause, conflicted: () => undefined }),
    now: Date.now,
    removed: () => undefined,
  };
}

const put = (Key: string) =>
  account.s3.send(new PutObjectCommand({ Bucket: account.bucket, Key, Body: "x", IfNoneMatch: "*" }));

const hide = (Key: string) => account.s3.send(new DeleteObjectCommand({ Bucket: account.bucket, Key }));

async function versionsOf(ownerId: string): Promise<string[]> {
  const lists = await Promise.all(
    ["uploads", "renditions"].map((folder) =>
      account.s3.send(
        new ListObjectVersionsCommand({ Bucket: account.bucket, Prefix: `${folder}/${ownerId}/` }),
      ),
    ),
  );
  return lists
    .flatMap(({ Versions = [], DeleteMarkers = [] }) => [...Versions, ...DeleteMarkers])
    .map(({ Key = "" }) => Key)
    .sort();
}

async function rowsOf(table: string, ownerId: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await account.dynamodb.send(
    new QueryCommand({
      TableName: account.table(table),
      KeyConditionExpression: "ownerId = :owner",
      ExpressionAttributeValues: { ":owner": { S: ownerId } },
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => unmarshall(item));
}

const remembered = async (key: RowKey): Promise<boolean> => {
  const { Item } = await account.dynamodb.send(
    new GetItemCommand({
      TableName: account.table("client-tokens"),
      Key: { ownerId: { S: purgedAssets }, clientToken: { S: purgedKey(key) } },
    }),
  );
  return Item !== undefined;
};

/** An asset with labels in the index, old versions, renditions and callbacks, and another one of its owner's. */
async function library(changes: Partial<Asset> = {}) {
  const shown = anAsset({
    ...{ ownerId: randomUUID(), state: "RECEIVED", labelStatus: "DONE" },
    labels: [{ name: "Sea", confidence: 90, parents: [] }],
  });
  const other = { ...shown, id: otherId(shown.id) };
  const { ownerId, id } = shown;
  await putRows(account, "assets", [shown, other]);
  await services().reindex(shown);
  await services().reindex(other);
  const keys = [shown, other].flatMap((asset) => [
    objectKey(ownerId, asset.id),
    `${renditionsOf(ownerId, asset.id)}320.webp`,
    `${renditionsOf(ownerId, asset.id)}1280.webp`,
  ]);
  for (const key of keys) {
    await put(key);
    await hide(key);
    await put(key);
  }
  await put(`${objectKey(ownerId, id)}0`);
  const deliveries = Array.from({ length: 30 }, (_, seq) => ({ ownerId, id: deliveryId(id, seq + 1) }));
  const kept = { ownerId, id: deliveryId(other.id, 31) };
  await putRows(account, "callbacks", [...deliveries, kept, { ownerId, id: "secret", secret: "s" }]);
  const asset = anAsset({ ...shown, state: "DELETED", purgeRequestedAt, ...changes });
  await putRows(account, "assets", [asset]);
  return { asset, other, kept };
}

async function expectPurged({ asset, other, kept }: Awaited<ReturnType<typeof library>>): Promise<void> {
  const { ownerId } = asset;
  expect(await rowsOf("assets", ownerId)).toEqual([other]);
  expect(new Set(await versionsOf(ownerId))).toEqual(
    new Set([
      `${objectKey(ownerId, asset.id)}0`,
      objectKey(ownerId, other.id),
      `${renditionsOf(ownerId, other.id)}320.webp`,
      `${renditionsOf(ownerId, other.id)}1280.webp`,
    ]),
  );
  expect((await rowsOf("callbacks", ownerId)).map(({ id }) => id)).toEqual([kept.id, "secret"]);
  const labels = await rowsOf("labels", ownerId);
  expect(labels.filter(({ id }) => String(id).startsWith("match#"))).toMatchObject([{ assetId: other.id }]);
  expect(labels).toContainEqual(expect.objectContaining({ id: "count#sea", count: 1 }));
}

/** The services, of which the call with a number does its work and then fails. */
function dyingAfter(calls: number): { readonly purging: Purging; readonly died: () => boolean } {
  let left = calls;
  const dying =
    <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      const answer = await call(...args);
      left -= 1;
      if (left === 0) {
        throw new Error("The function died");
      }
      return answer;
    };
  const { assets, versions, purged, callbacks, reindex: index, ...rest } = services();
  return {
    purging: {
      ...rest,
      assets: {
        get: dying((key) => assets.get(key)),
        remove: dying((key, condition) => assets.remove(key, condition)),
      },
      versions: {
        ...{ count: (prefix) => versions.count(prefix) },
        removeAll: dying((prefix, which) => versions.removeAll(prefix, which)),
      },
      purged: {
        add: dying((key, until) => purged.add(key, until)),
        has: dying((key) => purged.has(key)),
      },
      callbacks: { removeAll: dying((ownerId, prefix) => callbacks.removeAll(ownerId, prefix)) },
      reindex: dying(index),
    },
    died: () => left <= 0,
  };
}

describe("a purge", () => {
  it("removes all versions, renditions, callbacks, labels and the row, and nothing of other assets", async () => {
    const all = await library();
    expect(await purge(all.asset, services())).toBe("purged");
    await expectPurged(all);
    expect(await remembered(all.asset)).toBe(false);
    expect(await purge(all.asset, services())).toBe("unknown");
  });

  it("that crashes after any of its steps is finished by the next one", async () => {
    let died = true;
    for (let calls = 1; died; calls += 1) {
      const all = await library();
      const dying = dyingAfter(calls);
      await purge(all.asset, dying.purging).catch(() => undefined);
      died = dying.died();
      await purge(all.asset, services());
      await expectPurged(all);
      expect(calls).toBeLessThan(12);
    }
  });

  it("is refused for an asset that is shown or deleted without a request", async () => {
    const all = await library({ purgeRequestedAt: "" });
    expect(await purge(all.asset, services())).toBe("not requested");
    expect(await purge(all.other, services())).toBe("not requested");
    expect(await rowsOf("assets", all.asset.ownerId)).toHaveLength(2);
  });

  it.each<[string, Partial<Asset>]>([
    ["rejected", { state: "REJECTED" }],
    ["expired", { state: "EXPIRED" }],
    ["rejected and deleted", { formerState: "REJECTED" }],
  ])(
    "removes the object of an upload that was %s, with all versions, and keeps the row",
    async (_, changes) => {
      const { asset } = await library(changes);
      const { purgeRequestedAt: requested, ...failed } = asset;
      expect(requested).toBeDefined();
      await putRows(account, "assets", [failed]);
      for (const repeat of [1, 2]) {
        expect([repeat, await purge(failed, services())]).toEqual([repeat, "failed upload"]);
      }
      const key = objectKey(asset.ownerId, asset.id);
      expect((await versionsOf(asset.ownerId)).filter((name) => name === key)).toEqual([]);
      expect(await rowsOf("assets", asset.ownerId)).toHaveLength(2);
    },
  );

  it("also removes an upload that ends after it", async () => {
    const { asset } = await library({ uploadExpiresAt: new Date().toISOString() });
    const name = objectKey(asset.ownerId, asset.id);
    await purge(asset, services());
    expect(await remembered(asset)).toBe(true);
    await put(name);
    expect(await purge(asset, services())).toBe("late");
    expect(await versionsOf(asset.ownerId)).not.toContain(name);
  });

  it("removes an upload that ends after its owner was erased", async () => {
    const key = { ownerId: randomUUID(), id: anAsset().id };
    await put(objectKey(key.ownerId, key.id));
    erased.add(key.ownerId);
    expect(await purge(key, services())).toBe("late");
    expect(await versionsOf(key.ownerId)).toEqual([]);
  });

  it("keeps an object whose row is missing for another reason", async () => {
    const key = { ownerId: randomUUID(), id: anAsset().id };
    await put(objectKey(key.ownerId, key.id));
    expect(await purge(key, services())).toBe("unknown");
    expect(await versionsOf(key.ownerId)).toHaveLength(1);
  });
});
