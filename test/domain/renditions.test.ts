import { describe, expect, it } from "@jest/globals";
import type { Asset } from "../../domain/asset.ts";
import { parseDownloadRequest } from "../../domain/messages.ts";
import { mediaTypes } from "../../domain/media.ts";
import { assetOfKey, asksForRenditions, pictureTypes, renditionKey } from "../../domain/renditions.ts";
import { anAsset } from "../support/asset.ts";

const due = anAsset({ state: "RECEIVED", renditions: "PENDING" });
const deleted = anAsset({ state: "DELETED", formerState: "RECEIVED", renditions: "PENDING" });

describe("renditions", () => {
  it.each<[string, Asset | undefined, Asset | undefined, boolean]>([
    ["when they become due", anAsset(), due, true],
    ["of an asset from before there were any", anAsset({ state: "RECEIVED" }), due, true],
    ["when a deleted asset without them is restored", deleted, due, true],
    [
      "not of a restored asset that has them",
      deleted,
      anAsset({ state: "RECEIVED", renditions: "DONE" }),
      false,
    ],
    ["not again by another write", due, anAsset({ ...due, version: 3 }), false],
    ["not while deleted", anAsset(), deleted, false],
    ["not for a removed row", due, undefined, false],
  ])("are asked for %s: %p", (_, before, after, asked) => {
    expect(asksForRenditions(before, after)).toBe(asked);
  });

  it("have keys outside of what users upload", () => {
    expect(renditionKey("o", "a", "SMALL")).toBe("renditions/o/a/320.webp");
    expect(renditionKey("o", "a", "LARGE")).toBe("renditions/o/a/1280.webp");
    expect(renditionKey("o", "a", "LABEL")).toBe("renditions/o/a/label.jpg");
  });

  it("belong to the asset in their keys, and nothing else does", () => {
    const { id } = due;
    expect(assetOfKey(`uploads/o/${id}`)).toEqual({ ownerId: "o", id });
    expect(assetOfKey(`renditions/o/${id}/320.webp`)).toEqual({ ownerId: "o", id });
    for (const key of [
      ...[`renditions/o/${id}`, `renditions/o/${id}/`, `renditions/o/${id}/a/b`, `other/o/${id}/320.webp`],
      ...[`uploads/o/${id}/320.webp`, "renditions/o/readme/320.webp", `renditions//${id}/320.webp`, ""],
    ]) {
      expect(assetOfKey(key)).toBeUndefined();
    }
  });

  it("are made of types that may be uploaded", () => {
    expect(mediaTypes).toEqual(expect.arrayContaining(pictureTypes));
  });
});

describe("a request for a download", () => {
  const request = { sign: "download", ownerId: "o", id: "a", ttlSeconds: 60 };

  it("may name a size that there is, and no other: never is the object signed instead", () => {
    expect(parseDownloadRequest(request)).toEqual(request);
    expect(parseDownloadRequest({ ...request, size: "LARGE" })).toEqual({ ...request, size: "LARGE" });
    for (const size of ["LABEL", "", null, 320]) {
      expect(parseDownloadRequest({ ...request, size })).toBeUndefined();
    }
  });
});
