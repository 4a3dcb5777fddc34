import { randomUUID } from "node:crypto";
import { QueryCommand, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Asset } from "../../../domain/asset.ts";
import { labelIndexIn } from "../../../functions/indexer/label-index.ts";
import { type LabelIndex, reindex, reindexTogether } from "../../../functions/indexer/reindex.ts";
import { anAsset } from "../../support/asset.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";
import { refuses, says, useScriptedAws } from "../../support/scripted-aws.ts";

const use = useCloud({ mappings: false });

let side: FunctionSide;
let reader: FunctionSide;

beforeAll(() => {
  side = asFunction(use(), "indexer");
  reader = asFunction(use(), "administrator");
});

afterAll(() => {
  side.close();
  reader.close();
});

const label = (name: string, confidence = 90, parents: string[] = []) => ({ name, confidence, parents });

const many = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => label(`Label ${from + index}`));

/** One owner's assets, which a test changes as it likes, and the real index of them. */
function library() {
  const ownerId = randomUUID();
  const rows = new Map<string, Asset>();
  const index = labelIndexIn(side.dynamodb, side.table("labels"), Date.now);
  let conflicts = 0;
  const indexing = (through: LabelIndex) => ({
    assets: { get: ({ id: asked }: { id: string }) => Promise.resolve(rows.get(asked)) },
    index: through,
    pause: () => Promise.resolve(),
    conflicted: () => (conflicts += 1),
  });
  const run = (id: string, through: LabelIndex = index) => reindex({ ownerId, id }, indexing(through));
  const runTogether = async (ids: readonly string[], through: LabelIndex = index) => {
    const keys = ids.map((id) => ({ ownerId, id }));
    const { agreed, indexed } = await reindexTogether(keys, indexing(through));
    return { agreed: [...agreed].sort(), indexed };
  };
  return {
    ...{ index, run, runTogether, ownerId },
    conflicts: () => conflicts,
    set: (id: string, labels: Asset["labels"], more: Partial<Asset> = {}) =>
      rows.set(id, anAsset({ ownerId, id, state: "RECEIVED", ...(labels && { labels }), ...more })),
    remove: (id: string) => rows.delete(id),
    /** All rows of the owner: what is found, counted and remembered. */
    read: async () => {
      const { Items = [] } = await reader.dynamodb.send(
        new QueryCommand({
          TableName: reader.table("labels"),
          KeyConditionExpression: "ownerId = :owner",
          ExpressionAttributeValues: { ":owner": { S: ownerId } },
          ConsistentRead: true,
        }),
      );
      const items = Items.map((item) => unmarshall(item) as { id: string; count: number; terms: object });
      return {
        matches: items.flatMap(({ id }) => (id.startsWith("match#") ? [id.slice(6)] : [])),
        counts: Object.fromEntries(
          items.flatMap(({ id, count }) => (id.startsWith("count#") ? [[id.slice(6), count]] : [])),
        ),
        entries: items.filter(({ id }) => id.startsWith("entry#")),
      };
    },
  };
}

/** An index whose write is followed, or prevented, by something. */
const through = (index: LabelIndex, write: LabelIndex["write"]): LabelIndex => ({ ...index, write });

describe("an asset's entry in the label index", () => {
  it("is written once, however often the job is delivered", async () => {
    const { run, set, read } = library();
    set("A", [label("Dog", 90.5, ["Animal"]), label("Cat", 70, ["Animal"])]);
    expect(await run("A")).toBe("indexed");
    const first = await read();
    expect(first.matches).toEqual(["animal#090500#A", "cat#070000#A", "dog#090500#A"]);
    expect(first.counts).toEqual({ animal: 1, cat: 1, dog: 1 });
    expect(await Promise.all([run("A"), run("A"), run("A")])).toEqual(["agreed", "agreed", "agreed"]);
    expect(await read()).toEqual(first);
  });

  it("follows relabelling, and counts each asset once for each label", async () => {
    const { run, set, read } = library();
    set("A", [label("Dog")]);
    set("B", [label("dog"), label("Sea")]);
    await run("A");
    await run("B");
    set("B", [label("DOG", 60)]);
    await run("B");
    const { matches, counts } = await read();
    expect(matches).toEqual(["dog#060000#B", "dog#090000#A"]);
    expect(counts).toEqual({ dog: 2 });
  });

  it("treats the names of JavaScript's own properties like other names", async () => {
    const { run, set, read } = library();
    set("A", [label("__proto__"), label("constructor"), label("hasOwnProperty")]);
    expect([await run("A"), await run("A")]).toEqual(["indexed", "agreed"]);
    expect(Object.entries((await read()).counts)).toEqual([
      ["__proto__", 1],
      ["constructor", 1],
      ["hasownproperty", 1],
    ]);
    set("A", []);
    await run("A");
    expect((await read()).matches).toEqual([]);
  });

  it("is neither found nor counted once the asset is deleted or removed", async () => {
    const { run, set, remove, read } = library();
    for (const id of ["A", "B"]) {
      set(id, [label("Dog")]);
      await run(id);
    }
    set("A", [label("Dog")], { state: "DELETED" });
    remove("B");
    expect([await run("A"), await run("B")]).toEqual(["indexed", "indexed"]);
    const { matches, counts, entries } = await read();
    expect({ matches, counts }).toEqual({ matches: [], counts: {} });
    const soon = Date.now() / 1000 + 90_000;
    expect(entries).toEqual(
      ["A", "B"].map((id) => ({
        ...{ id: `entry#${id}`, terms: {}, revision: 2 },
        ...{ ownerId: expect.any(String), expiresAt: expect.any(Number) },
      })),
    );
    expect((entries[0] as unknown as { expiresAt: number }).expiresAt).toBeLessThan(soon);
    set("A", [label("Dog")]);
    await run("A");
    expect((await read()).counts).toEqual({ dog: 1 });
    expect((await read()).entries[0]).not.toHaveProperty("expiresAt");
  });

  it("handles more labels than fit into one transaction, and a crash between any two", async () => {
    const { run, set, read, index } = library();
    set("A", many(0, 40));
    await run("A");
    set("A", many(20, 150));
    const crashing = through(index, async (...args) => {
      await index.write(...args);
      throw new Error("killed");
    });
    for (let crash = 0; crash < 3; crash += 1) {
      await expect(run("A", crashing)).rejects.toThrow("killed");
    }
    await run("A");
    const { matches, counts } = await read();
    expect(matches).toHaveLength(130);
    expect(counts).toEqual(Object.fromEntries(many(20, 150).map(({ name }) => [name.toLowerCase(), 1])));
  });

  it("is correct after a crash before the write, and between the write and its counts", async () => {
    const { run, set, read, index } = library();
    set("A", [label("Dog")]);
    const never = through(index, () => Promise.reject(new Error("killed")));
    await expect(run("A", never)).rejects.toThrow("killed");
    expect((await read()).counts).toEqual({});
    await run("A");
    expect((await read()).counts).toEqual({ dog: 1 });
  });

  it("agrees with the current asset although an older job writes at the same time", async () => {
    const { run, set, read, index, conflicts } = library();
    set("A", [label("Dog")]);
    // Between the slow job's reading and its writing, the asset changes and the job of that change runs.
    const slow = through(index, async (...args) => {
      set("A", [label("Cat")]);
      await run("A");
      return index.write(...args);
    });
    await run("A", { ...slow, entry: (key) => index.entry(key) }).catch(() => undefined);
    expect(conflicts()).toBeGreaterThan(0);
    const { matches, counts } = await read();
    expect({ matches, counts }).toEqual({ matches: ["cat#090000#A"], counts: { cat: 1 } });
  });

  it("is exact when all assets of an owner are indexed at once, each twice", async () => {
    const { run, set, read } = library();
    const ids = Array.from({ length: 20 }, (_, index) => `A${index}`);
    ids.forEach((id, index) => set(id, [label("Dog"), ...(index % 2 ? [label("Cat")] : [])]));
    await Promise.all(ids.flatMap((id) => [run(id), run(id)]));
    expect((await read()).counts).toEqual({ dog: 20, cat: 10 });
    ids.forEach((id) => set(id, [label("Sea")]));
    await Promise.all(ids.flatMap((id) => [run(id), run(id)]));
    expect((await read()).counts).toEqual({ sea: 20 });
  });

  it("fails after eight writes that lost to others", async () => {
    const { run, set, conflicts } = library();
    set("A", [label("Dog")]);
    const { index } = library();
    await expect(
      run(
        "A",
        through(index, () => Promise.resolve(false)),
      ),
    ).rejects.toThrow("8 attempts");
    expect(conflicts()).toBe(8);
  });
});

describe("several assets of one owner", () => {
  const ids = Array.from({ length: 10 }, (_, at) => `A${at}`);

  it("are indexed by as few transactions as fit, with one write for each count", async () => {
    const { runTogether, set, read, index } = library();
    ids.forEach((id, at) => set(id, [label("Dog"), label("Animal"), ...(at % 2 ? [label("Cat")] : [])]));
    const sizes: number[] = [];
    const counting = through(index, (...edits) => {
      sizes.push(edits.length);
      return index.write(...edits);
    });
    expect(await runTogether(ids, counting)).toEqual({ agreed: ids, indexed: 10 });
    expect(sizes).toEqual([10]);
    expect((await read()).counts).toEqual({ animal: 10, cat: 5, dog: 10 });
    // The next time, nothing is left to do.
    expect(await runTogether(ids)).toEqual({ agreed: ids, indexed: 0 });
    ids.forEach((id, at) => set(id, at === 0 ? [label("Cat")] : [label("Dog", 70)]));
    await runTogether(ids);
    expect((await read()).counts).toEqual({ cat: 1, dog: 9 });
    expect((await read()).matches).toHaveLength(10);
  });

  it("keep a count that one of them leaves and another one joins", async () => {
    const { runTogether, set, read } = library();
    set("A", [label("Dog")]);
    await runTogether(["A", "B"]);
    set("A", [label("Cat")]);
    set("B", [label("Dog")]);
    await runTogether(["A", "B"]);
    expect((await read()).counts).toEqual({ cat: 1, dog: 1 });
  });

  it("are left to be indexed alone if they have too many labels, or others write at the same time", async () => {
    const { run, runTogether, set, read, index } = library();
    set("A", many(0, 60));
    set("B", many(0, 30));
    set("C", [label("Dog")]);
    expect(await runTogether(["A", "B", "C"])).toEqual({ agreed: ["B", "C"], indexed: 2 });
    set("C", [label("Cat")]);
    const slow = through(index, async (...edits) => {
      await run("C");
      return index.write(...edits);
    });
    set("B", [label("Cat")]);
    expect(await runTogether(["B", "C"], slow)).toEqual({ agreed: [], indexed: 0 });
    await Promise.all(["A", "B", "C"].map((id) => run(id)));
    const { counts } = await read();
    expect(counts).toMatchObject({ cat: 2, "label 0": 1 });
    expect(counts).not.toHaveProperty("dog");
  });
});

describe("the table of the label index", () => {
  const scripted = useScriptedAws(2);
  const write = () =>
    labelIndexIn(scripted().dynamodb, "labels", () => 0).write({
      key: { ownerId: "o", id: "A" },
      seen: undefined,
      terms: new Map(),
      changes: [],
    });
  const cancelled = (...codes: string[]) =>
    refuses("TransactionCanceledException", { CancellationReasons: codes.map((Code) => ({ Code })) });

  it.each([["ConditionalCheckFailed"], ["None", "TransactionConflict"]])(
    "allows a retry after %s",
    async (...codes) => {
      scripted().answer(cancelled(...codes));
      expect(await write()).toBe(false);
    },
  );

  it.each(["ValidationError", "ItemCollectionSizeLimitExceeded", "AccessDenied"])(
    "does not take %s for another writer",
    async (code) => {
      scripted().answer(cancelled("ConditionalCheckFailed", code));
      await expect(write()).rejects.toThrow(TransactionCanceledException);
    },
  );

  it("repeats a write whose answer was lost, and does not count twice", async () => {
    scripted().answer("cut", says({}));
    expect(await write()).toBe(true);
    const tokens = scripted().calls.map(({ input }) => input["ClientRequestToken"]);
    expect(tokens).toHaveLength(2);
    expect(tokens[0]).toEqual(expect.any(String));
    expect(tokens[1]).toBe(tokens[0]);
  });
});
