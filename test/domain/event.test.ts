import { describe, expect, it } from "@jest/globals";
import type { Asset } from "../../domain/asset.ts";
import { callbackOf } from "../../domain/callback.ts";
import { asksForLabels, eventOf, snapshot } from "../../domain/event.ts";
import { anAsset } from "../support/asset.ts";

const received = anAsset({ state: "RECEIVED", labelStatus: "PENDING" });
const deleted = anAsset({ state: "DELETED", labelStatus: "PENDING", formerState: "RECEIVED" });

describe("the event of a write", () => {
  it.each<[string, Asset | undefined, Asset | undefined, string | undefined]>([
    ["a new row", undefined, anAsset(), "CREATED"],
    ["verified bytes", anAsset(), received, "RECEIVED"],
    ["refused bytes", anAsset(), anAsset({ state: "REJECTED" }), "REJECTED"],
    ["a confirmation", received, anAsset({ state: "UPLOADED", labelStatus: "PENDING" }), "UPLOADED"],
    ["a started job", received, anAsset({ state: "RECEIVED", labelStatus: "RUNNING" }), "LABELLING"],
    ["labels", received, anAsset({ state: "RECEIVED", labelStatus: "DONE" }), "LABELLED"],
    ["a failure", received, anAsset({ state: "RECEIVED", labelStatus: "FAILED" }), "LABEL_FAILED"],
    ["a deletion", received, deleted, "DELETED"],
    ["a restoration", deleted, received, "RESTORED"],
    ["a removed row", received, undefined, "PURGED"],
    ["a renewed upload", anAsset(), anAsset({ version: 2 }), undefined],
    ["a changed title", received, anAsset({ ...received, title: "Sea" }), "RECEIVED"],
    ["a removed title", anAsset({ title: "Sea" }), anAsset(), "CREATED"],
    ["renditions", received, anAsset({ ...received, renditions: "DONE", width: 9, height: 9 }), "RECEIVED"],
    [
      "renditions that cannot be made",
      anAsset({ ...received, renditions: "PENDING" }),
      anAsset({ ...received, renditions: "FAILED" }),
      undefined,
    ],
    [
      "a picture that turns out not to be one",
      anAsset({ ...received, labelStatus: "NONE" }),
      anAsset({ ...received, labelStatus: "SKIPPED" }),
      "LABEL_FAILED",
    ],
    ["a label settled while deleted", deleted, anAsset({ ...deleted, labelStatus: "DONE" }), undefined],
  ])("%s", (_, before, after, event) => {
    expect(eventOf(before, after)?.type).toBe(event);
  });
});

describe("an edit", () => {
  it("is marked, since its type repeats the state", () => {
    expect(eventOf(received, anAsset({ ...received, title: "Sea" }))).toEqual({
      type: "RECEIVED",
      edited: true,
    });
    expect(eventOf(anAsset(), received)).toEqual({ type: "RECEIVED", edited: null });
  });

  it("calls no receiver: one that was rejected or skipped is not called twice", () => {
    const asset = snapshot(anAsset({ state: "REJECTED", callbackUrl: "https://example.com/" }));
    const event = { seq: 1, type: "REJECTED", ownerId: "o", assetId: "a", at: "t", asset } as const;
    expect(callbackOf({ ...event, edited: null })).toMatchObject({ type: "asset.rejected" });
    expect(callbackOf({ ...event, edited: true })).toBeUndefined();
  });
});

describe("a picture that turns out not to be one", () => {
  it("is reported to its receiver as skipped", () => {
    const asset = snapshot(
      anAsset({ state: "UPLOADED", labelStatus: "SKIPPED", callbackUrl: "https://a.b/" }),
    );
    const event = { seq: 1, type: "LABEL_FAILED", ownerId: "o", assetId: "a", at: "t", asset } as const;
    expect(callbackOf({ ...event, edited: null })).toMatchObject({ type: "asset.label_skipped" });
  });
});

describe("labels are asked for", () => {
  it.each<[string, Asset | undefined, Asset | undefined, boolean]>([
    ["when they become due", anAsset(), received, true],
    ["when a deleted asset with labels due is restored", deleted, received, true],
    ["when a run is asked for while one is due", received, anAsset({ ...received, labelRun: 2 }), true],
    ["not again by another write", received, anAsset({ ...received, version: 3 }), false],
    ["not while deleted", anAsset(), deleted, false],
    ["not for a removed row", received, undefined, false],
  ])("%s", (_, before, after, asked) => {
    expect(asksForLabels(before, after)).toBe(asked);
  });
});

describe("a snapshot", () => {
  it("shows what an owner may see, and none of the row's workings", () => {
    const asset = anAsset({ sequencer: "00", labelJob: "job", formerState: "CREATED" });
    expect(Object.keys(snapshot(asset))).toEqual([
      "id",
      "ownerId",
      "filename",
      "title",
      "contentType",
      "contentLength",
      "sha256",
      "duplicateOf",
      "callbackUrl",
      "state",
      "labelStatus",
      "labels",
      "labelError",
      "width",
      "height",
      "createdAt",
      "updatedAt",
      "version",
    ]);
  });
});
