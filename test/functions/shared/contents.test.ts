import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Asset } from "../../../domain/asset.ts";
import { contentOf } from "../../../functions/shared/contents.ts";
import { difference, quantityOf } from "../../../packages/local-cloud/src/meter/index.ts";
import { anAsset, newId } from "../../support/asset.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";
import { contentRows, putRows } from "../../support/repair.ts";

const use = useCloud({ mappings: false });

let ingest: FunctionSide;
let purge: FunctionSide;
let owner: FunctionSide;

beforeAll(() => {
  ingest = asFunction(use(), "ingest");
  purge = asFunction(use(), "purge");
  owner = asFunction(use(), "administrator");
});

afterAll(() => {
  for (const side of [ingest, purge, owner]) {
    side.close();
  }
});

const newBytes = () => randomBytes(32).toString("base64");

async function put(ownerId: string, changes: Partial<Asset> = {}): Promise<Asset> {
  const asset = anAsset({ id: newId(), ownerId, state: "RECEIVED", ...changes });
  await putRows(owner, "assets", [asset]);
  return asset;
}

const change = (asset: Asset, set: Partial<Asset>) =>
  owner.assets.update(asset, { set, when: "attribute_exists(#id)" });

const holders = async (sha256: string) => (await contentRows(owner, sha256)).map(({ id }) => id);

const putResult = (sha256: string, id = "#image/jpeg") => putRows(owner, "contents", [{ sha256, id }]);

describe("the SHA-256 of a content", () => {
  it("is the one that was given, in base64, or the one that was read", () => {
    const hash = randomBytes(32);
    const base64 = hash.toString("base64");
    expect(contentOf(anAsset({ sha256: hash.toString("hex") }))).toBe(base64);
    expect(contentOf(anAsset({ sha256: base64 }))).toBe(base64);
    expect(contentOf(anAsset({ contentHash: base64 }))).toBe(base64);
    expect(contentOf(anAsset())).toBeUndefined();
  });
});

describe("an asset whose bytes are registered", () => {
  it("is the first of its owner, or names the first", async () => {
    const [ownerId, sha256] = [randomUUID(), newBytes()];
    const [first, second, third] = [await put(ownerId), await put(ownerId), await put(ownerId)];
    expect(await ingest.contents.register(first, sha256)).toBeUndefined();
    expect(await ingest.contents.register(second, sha256)).toBe(first.id);
    expect(await ingest.contents.register(third, sha256)).toBe(first.id);
    expect(await ingest.contents.register(first, sha256)).toBeUndefined();
  });

  it("says nothing of another owner's", async () => {
    const sha256 = newBytes();
    const [hers, his] = [await put(randomUUID()), await put(randomUUID())];
    expect(await ingest.contents.register(hers, sha256)).toBeUndefined();
    expect(await ingest.contents.register(his, sha256)).toBeUndefined();
    expect((await holders(sha256)).sort()).toEqual([hers.ownerId, his.ownerId].sort());
  });

  it("has one first, however many come at once", async () => {
    const [ownerId, sha256] = [randomUUID(), newBytes()];
    const assets = await Promise.all(Array.from({ length: 6 }, () => put(ownerId, { state: "CREATED" })));
    const others = await Promise.all(assets.map((asset) => ingest.contents.register(asset, sha256)));
    const first = assets[others.indexOf(undefined)]?.id;
    expect(others.filter((other) => other !== undefined)).toEqual(Array.from({ length: 5 }, () => first));
  });

  it.each(["DELETED", "EXPIRED", "REJECTED"] as const)("takes the place of one that is %s", async (state) => {
    const [ownerId, sha256] = [randomUUID(), newBytes()];
    const [first, second, third] = [await put(ownerId), await put(ownerId), await put(ownerId)];
    await ingest.contents.register(first, sha256);
    await change(first, { state });
    expect(await ingest.contents.register(second, sha256)).toBeUndefined();
    expect(await ingest.contents.register(third, sha256)).toBe(second.id);
  });

  it("is not registered once its purge was requested, or without a row", async () => {
    const sha256 = newBytes();
    const purged = await put(randomUUID(), {
      state: "DELETED",
      purgeRequestedAt: "2026-01-01T00:00:00.000Z",
    });
    expect(await ingest.contents.register(purged, sha256)).toBeUndefined();
    expect(await ingest.contents.register(anAsset({ ownerId: randomUUID() }), sha256)).toBeUndefined();
    expect(await holders(sha256)).toEqual([]);
  });
});

describe("bytes that are forgotten", () => {
  it("leave nothing, however often they are forgotten", async () => {
    const sha256 = newBytes();
    const asset = await put(randomUUID());
    await ingest.contents.register(asset, sha256);
    await putResult(sha256);
    await purge.contents.forget(asset, sha256);
    expect(await holders(sha256)).toEqual([]);
    await purge.contents.forget(asset, sha256);
    // A purge that died after it removed the owner's row.
    await putResult(sha256);
    await purge.contents.forget(asset, sha256);
    expect(await holders(sha256)).toEqual([]);
  });

  it("stay for another owner, with their labels", async () => {
    const sha256 = newBytes();
    const [hers, his] = [await put(randomUUID()), await put(randomUUID())];
    await ingest.contents.register(hers, sha256);
    await ingest.contents.register(his, sha256);
    await putResult(sha256);
    await purge.contents.forget(hers, sha256);
    expect(await holders(sha256)).toEqual(["#image/jpeg", his.ownerId]);
  });

  it("are looked at once, however many other owners have them", async () => {
    const sha256 = newBytes();
    const owners = Array.from({ length: 1_000 }, () => ({ sha256, id: randomUUID(), first: newId() }));
    await putRows(owner, "contents", owners);
    await putResult(sha256);
    const before = use().cloud.meter();
    await purge.contents.forget(await put(randomUUID()), sha256);
    const used = difference(before, use().cloud.meter());
    expect(quantityOf(used, "dynamodb.reads")).toBe(1);
    expect(await holders(sha256)).toHaveLength(1_001);
  });

  it("stay for the owner's first asset when a copy goes", async () => {
    const [ownerId, sha256] = [randomUUID(), newBytes()];
    const [first, copy] = [await put(ownerId), await put(ownerId)];
    await ingest.contents.register(first, sha256);
    await purge.contents.forget(copy, sha256);
    expect(await holders(sha256)).toEqual([ownerId]);
  });
});
