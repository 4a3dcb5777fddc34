import { type BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "@jest/globals";
import type { Asset, AssetState } from "../../../domain/asset.ts";
import { presigner } from "../../../functions/presign/presign.ts";
import { storedAssets } from "../../../functions/presign/rows.ts";
import { anAsset, otherId } from "../../support/asset.ts";

type Keys = readonly { readonly id: { readonly S: string } }[];

/** A table that leaves rows unread a given number of times, and counts requests. */
function aTable(rows: readonly Asset[], unread: number[] = []) {
  const asked: number[] = [];
  const client = {
    send: ({ input }: BatchGetItemCommand) => {
      const request = input.RequestItems?.["assets"];
      const keys = (request?.Keys ?? []) as unknown as Keys;
      asked.push(keys.length);
      expect(request?.ConsistentRead).toBe(true);
      const left = keys.slice(keys.length - (unread.shift() ?? 0));
      const read = keys.slice(0, keys.length - left.length).map(({ id }) => id.S);
      return Promise.resolve({
        Responses: { assets: rows.filter(({ id }) => read.includes(id)).map((row) => marshall(row)) },
        UnprocessedKeys: left.length > 0 ? { assets: { Keys: left } } : {},
      });
    },
  } as unknown as DynamoDBClient;
  return { asked, find: storedAssets(client, "assets") };
}

const signs = (find: ReturnType<typeof aTable>["find"]) =>
  presigner({
    client: new S3Client({ region: "eu-west-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } }),
    bucket: "bucket",
    findStored: find,
    now: () => new Date("2026-01-01T00:00:00.000Z"),
  });

const ids = Array.from({ length: 130 }, (_, index) => `01JD3Z6V5K8Q2M7N4P9R0S1${100 + index}`);
const stored = (id: string) => anAsset({ id, state: "RECEIVED" });
const keyOf = ({ ownerId, id }: Asset) => ({ ownerId, id });

describe("a download URL", () => {
  const wanted = (asset: Asset, ttlSeconds = 60) => ({
    sign: "download" as const,
    ...keyOf(asset),
    ttlSeconds,
  });

  it.each<[AssetState, boolean]>([
    ["CREATED", false],
    ["RECEIVED", true],
    ["UPLOADED", true],
    ["REJECTED", false],
    ["EXPIRED", false],
    ["DELETED", false],
  ])("of an asset that is %s now is signed: %p", async (state, signed) => {
    const asset = anAsset({ state });
    const [answer] = await signs(aTable([asset]).find).signDownloads([wanted(asset)]);
    expect(answer !== null).toBe(signed);
  });

  it("of a removed asset is not signed", async () => {
    expect(await signs(aTable([]).find).signDownloads([wanted(anAsset())])).toEqual([null]);
  });

  it("has the type and name of the row, not of the caller", async () => {
    const asset = anAsset({ state: "RECEIVED", contentType: "image/png", filename: "now.png" });
    const asked = { ...wanted(asset), contentType: "text/html", filename: "then.html" };
    const [answer] = await signs(aTable([asset]).find).signDownloads([asked]);
    const url = new URL(answer?.url ?? "");
    expect(url.searchParams.get("response-content-type")).toBe("image/png");
    expect(url.searchParams.get("response-content-disposition")).toContain("now.png");
  });

  it("of a thumbnail is signed only if the row says that it exists", async () => {
    for (const renditions of [undefined, "PENDING", "FAILED", "DONE"] as const) {
      const asset = anAsset({ state: "RECEIVED", ...(renditions && { renditions }) });
      const { find } = aTable([asset]);
      const [small, large, whole] = await signs(find).signDownloads([
        { ...wanted(asset), size: "SMALL" },
        { ...wanted(asset), size: "LARGE" },
        wanted(asset),
      ]);
      const keys = [small, large].map((answer) => answer && new URL(answer.url).pathname);
      const folder = `/renditions/${asset.ownerId}/${asset.id}`;
      expect(keys).toEqual(
        renditions === "DONE" ? [`${folder}/320.webp`, `${folder}/1280.webp`] : [null, null],
      );
      expect(new URL(whole?.url ?? "").pathname).toBe(`/uploads/${asset.ownerId}/${asset.id}`);
    }
  });

  it("is answered in order, and each asset is read once for all its fields", async () => {
    const shown = stored(ids[0] ?? "");
    const hidden = anAsset({ id: ids[1] ?? "", state: "DELETED" });
    const table = aTable([hidden, shown]);
    const answers = await signs(table.find).signDownloads([
      wanted(shown, 60),
      wanted(hidden),
      wanted(shown, 120),
    ]);
    const expiries = answers.map((answer) => answer && new URL(answer.url).searchParams.get("X-Amz-Expires"));
    expect(expiries).toEqual(["60", null, "120"]);
    expect(table.asked).toEqual([2]);
  });

  it("is not signed for an asset with the same id and another owner", async () => {
    const mine = stored(ids[0] ?? "");
    const theirs = { ...mine, ownerId: "bob-sub" };
    expect(await signs(aTable([mine]).find).signDownloads([wanted(theirs)])).toEqual([null]);
  });
});

describe("rows read for downloads", () => {
  it("are requested a hundred at a time, and unprocessed keys again", async () => {
    const rows = ids.map(stored);
    const table = aTable(rows, [40, 0, 10]);
    expect(new Set((await table.find(rows.map(keyOf))).map(({ id }) => id))).toEqual(new Set(ids));
    expect([...table.asked].sort((one, other) => one - other)).toEqual([10, 30, 40, 100]);
  });

  it("fail after five requests, and no row counts as hidden", async () => {
    const table = aTable([stored(ids[0] ?? "")], [1, 1, 1, 1, 1]);
    await expect(table.find([keyOf(stored(ids[0] ?? ""))])).rejects.toThrow("could not be read");
    expect(table.asked).toHaveLength(5);
  });

  it("need no request without keys", async () => {
    const table = aTable([]);
    expect([await table.find([]), table.asked]).toEqual([[], []]);
  });
});

describe("an id", () => {
  it("that differs in one character belongs to another asset", async () => {
    const asset = stored(ids[0] ?? "");
    const key = { ...keyOf(asset), id: otherId(asset.id) };
    expect(await aTable([asset]).find([key])).toEqual([]);
  });
});
