import { describe, expect, it } from "@jest/globals";
import { anAsset } from "../support/asset.ts";
import { admin, assetId, errorOf, run, valueOf } from "../support/resolver.ts";

const stash = { ownerId: "alice-sub", label: "cafe", minConfidence: 55, limit: 5, nextToken: "next" };
const labels = [{ name: "Café", confidence: 60, parents: ["Building"] }];
const match = { ownerId: "alice-sub", assetId };

/** The answer to reading these assets. */
const read = (assets: readonly unknown[], more: object = {}) =>
  run("readMatches", "response", { stash, result: { data: { "{{assets}}": assets }, ...more } });

describe("Query.searchAssets", () => {
  it("asks for one range of the caller's index, highest confidence first", () => {
    const args = { label: " CAFÉ ", minConfidence: 55, limit: 5 };
    const { stash: begun } = run("Query.searchAssets", "request", { arguments: args });
    expect(begun).toEqual({ ownerId: "alice-sub", label: "cafe", minConfidence: 55, limit: 5 });
    expect(valueOf(run("findMatches", "request", { arguments: { nextToken: "t" }, stash: begun }))).toEqual({
      operation: "Query",
      query: {
        expression: "ownerId = :owner AND id BETWEEN :from AND :until",
        expressionValues: {
          ":owner": { S: "alice-sub" },
          ":from": { S: "match#cafe#055000" },
          ":until": { S: "match#cafe#~" },
        },
      },
      scanIndexForward: false,
      limit: 5,
      nextToken: "t",
    });
  });

  it("lets admins, and nobody else, name the owner", () => {
    const context = { arguments: { label: "a", ownerId: "bob-sub" } };
    expect(run("Query.searchAssets", "request", context).end).toMatchObject({ unauthorized: true });
    expect(run("Query.searchAssets", "request", { ...context, identity: admin }).stash).toMatchObject({
      ownerId: "bob-sub",
    });
  });

  it("shows no match of another owner, whatever the cursor led to", () => {
    const result = { items: [match, { ...match, ownerId: "bob-sub" }], nextToken: null };
    const context = { arguments: { nextToken: "x" }, stash, result };
    expect(errorOf(run("findMatches", "response", context))).toBe("InvalidToken");
  });

  it("reads no asset if nothing matches, and then too gives the next page's cursor", () => {
    const { end } = run("readMatches", "request", { stash, prev: { result: [] } });
    expect(end).toMatchObject({ value: { items: [], nextToken: "next" } });
  });

  it("reads the assets of a page at once, as they are now", () => {
    expect(valueOf(run("readMatches", "request", { stash, prev: { result: [match] } }))).toEqual({
      operation: "BatchGetItem",
      tables: {
        "{{assets}}": {
          keys: [{ ownerId: { S: "alice-sub" }, id: { S: assetId } }],
          consistentRead: true,
        },
      },
    });
  });

  it("reads an asset once that the page has at its old and at its new confidence", () => {
    const result = [match, { ...match, assetId: "other" }, match];
    expect(valueOf(run("readMatches", "request", { stash, prev: { result } }))).toMatchObject({
      tables: { "{{assets}}": { keys: [{ id: { S: assetId } }, { id: { S: "other" } }] } },
    });
  });

  it("shows what an asset shows now: the label's confidence, or that of a parent", () => {
    const asset = anAsset({ state: "RECEIVED", labels });
    expect(valueOf(read([asset]))).toEqual({ items: [{ asset, confidence: 60 }], nextToken: "next" });
    const parent = { stash: { ...stash, label: "building" }, result: { data: { "{{assets}}": [asset] } } };
    expect(valueOf(run("readMatches", "response", parent))).toMatchObject({ items: [{ confidence: 60 }] });
  });

  it.each([
    ["is gone", null],
    ["is deleted", anAsset({ state: "DELETED", labels })],
    ["has lost the label", anAsset({ state: "RECEIVED", labels: [] })],
    [
      "shows it with less confidence",
      anAsset({ state: "RECEIVED", labels: [{ name: "Cafe", confidence: 54.9, parents: [] }] }),
    ],
    [
      "shows it no more, as a person says",
      anAsset({ state: "RECEIVED", labels, corrections: { "#café": { name: "Café", shown: false } } }),
    ],
  ])("leaves out what %s, though the index still has it", (_, asset) => {
    expect(valueOf(read([asset]))).toEqual({ items: [], nextToken: "next" });
  });

  it("fails rather than leave out assets that DynamoDB did not read", () => {
    expect(errorOf(read([], { unprocessedKeys: { "{{assets}}": [{ id: assetId }] } }))).toBe("Internal");
    expect(errorOf(run("readMatches", "response", { stash, result: null }))).toBe("Internal");
  });
});

describe("Query.listLabels", () => {
  it("asks for the counts of one prefix of the caller's index", () => {
    expect(valueOf(run("Query.listLabels", "request", { arguments: { prefix: "CAFÉ#" } }))).toEqual({
      operation: "Query",
      query: {
        expression: "ownerId = :owner AND begins_with(id, :prefix)",
        expressionValues: { ":owner": { S: "alice-sub" }, ":prefix": { S: "count#cafe%23" } },
      },
      limit: 20,
    });
  });

  it("shows no count that has come to nothing, and none of another owner", () => {
    const count = (name: string, assets: number, ownerId = "alice-sub") => ({ ownerId, name, count: assets });
    const answer = (...items: object[]) =>
      run("Query.listLabels", "response", { result: { items, nextToken: null } });
    expect(valueOf(answer(count("Cat", 2), count("Dog", 0)))).toEqual({
      items: [{ name: "Cat", count: 2 }],
      nextToken: null,
    });
    expect(errorOf(answer(count("Cat", 2), count("Dog", 1, "bob-sub")))).toBe("Internal");
  });
});

describe("Mutation.setLabels", () => {
  const begin = (args: object) =>
    run("Mutation.setLabels", "request", { arguments: { id: assetId, ...args } });

  it("writes each correction under its key, in one write that keeps to the limit", () => {
    const { stash: begun } = begin({ add: ["E\u0301te\u0301"], remove: ["Dog"] });
    expect(valueOf(run("changeAsset", "request", { stash: begun }))).toMatchObject({
      update: {
        expression: expect.stringContaining(
          "#corrections.#corrections0 = :corrections0, #corrections.#corrections1 = :corrections1",
        ),
        expressionNames: { "#corrections0": "#été", "#corrections1": "#dog" },
        expressionValues: {
          ":corrections0": { M: { name: { S: "Été" }, shown: { BOOL: true } } },
          ":corrections1": { M: { name: { S: "Dog" }, shown: { BOOL: false } } },
          ":room": { N: 98 },
        },
      },
      condition: { expression: expect.stringContaining("size(#corrections) <= :room") },
    });
  });

  it("says that an asset has too many corrections only if it has", () => {
    const { stash: begun } = begin({ add: ["A"] });
    const corrections = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`#l${i}`, { name: `L${i}`, shown: true }]));
    const refused = (asset: object) =>
      errorOf(run("explainRefusal", "response", { stash: { ...begun, refused: true }, result: asset }));
    const received = { state: "RECEIVED" as const };
    expect(refused(anAsset({ ...received, corrections: corrections(100) }))).toBe("QuotaExceeded");
    expect(refused(anAsset({ corrections: corrections(99) }))).toBe("StateConflict");
    expect(refused(anAsset({ state: "DELETED", corrections: corrections(100) }))).toBe("NotFound");
  });
});
