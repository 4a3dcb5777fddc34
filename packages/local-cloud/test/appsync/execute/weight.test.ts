import { describe, expect, it } from "@jest/globals";
import { buildSchema, parse } from "graphql";
import { createDocuments } from "../../../src/appsync/execute/documents.ts";
import { weigh, weightLimits } from "../../../src/appsync/execute/weight.ts";
import { Refusal } from "../../../src/appsync/refusal.ts";
import { apiGraph, echo, serve } from "../../../../../test/support/appsync.ts";

const schema = "type Query { me: User } type User { id: ID friend: User }";
/** 31 fragments, each of which spreads the next one twice. */
const exponential = (spread: string, root = "me") =>
  [
    `{ ${root} { ...F0 } }`,
    ...Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on User { ${spread.replaceAll("NEXT", `F${n + 1}`)} }`,
    ),
    "fragment F30 on User { id }",
  ].join(" ");
const documents = (keep?: number) => createDocuments(buildSchema(schema), true, keep);

describe("a document is refused before it causes too much work", () => {
  it.each([
    ["spread twice in a row", "...NEXT ...NEXT"],
    ["spread under two names", "a: friend { ...NEXT } b: friend { ...NEXT }"],
    ["spread in inline fragments", "... { ...NEXT } ... on User { ...NEXT }"],
    ["spread under one name", "friend { ...NEXT } friend { ...NEXT }"],
  ])("fragments that are %s", (_, spread) => {
    const { selections, pairs, over } = weigh(parse(exponential(spread)));
    expect(over).toBe(true);
    expect(selections).toBeLessThanOrEqual(weightLimits.selections + 1);
    expect(pairs).toBeLessThanOrEqual(weightLimits.pairs + weightLimits.selections);
  });

  it("fragments that no operation uses", () => {
    const { over } = weigh(parse(exponential("...NEXT ...NEXT").replace("...F0", "id")));
    expect(over).toBe(true);
  });

  it("many fields under one key: each pair of them is compared", () => {
    const repeated = (times: number) => parse(`{ ${"me { id } ".repeat(times)} }`);
    // Pairs of `me` and pairs of `id`.
    expect(weigh(repeated(447))).toMatchObject({ pairs: 447 * 446, over: false });
    expect(weigh(repeated(448)).over).toBe(true);
  });

  it("a chain of fragments that nests deeper than 500 levels", () => {
    const chain = (length: number) =>
      parse(
        `{ me { ...F0 } } ${Array.from({ length }, (_, n) => `fragment F${n} on User { friend { ...F${n + 1} } }`).join(" ")} fragment F${length} on User { id }`,
      );
    expect(weigh(chain(498))).toMatchObject({ levels: 500, over: false });
    expect(weigh(chain(499)).over).toBe(true);
  });

  it("at 15,000 selections, but not below", () => {
    const wide = (times: number) =>
      parse(
        `{ ${Array.from({ length: times }, (_, n) => `a${n}: me { ...F }`).join(" ")} } fragment F on User { id x: id y: id }`,
      );
    expect(weigh(wide(3_000))).toMatchObject({ selections: 15_000, over: false });
    expect(weigh(wide(3_001)).over).toBe(true);
  });

  it("not by a cycle of fragments, which validation refuses", () => {
    const cyclic = "{ me { ...A } } fragment A on User { ...B } fragment B on User { id ...A }";
    expect(weigh(parse(cyclic))).toMatchObject({ selections: 5, over: false });
    expect(documents().prepare(cyclic, undefined)).toMatchObject({
      errors: [{ message: "Validation error of type FragmentCycle: Fragment cycles not allowed" }],
    });
  });

  it("before validation, which would report the unknown field", () => {
    expect(() => documents().prepare(exponential("...NEXT ...NEXT", "unknown"), undefined)).toThrow(
      new Refusal("BadRequestException", "The document selects too much.", 400),
    );
  });

  it("with 400 over HTTP", async () => {
    const api = await serve(apiGraph({ schema, resolvers: { "Query.me": echo("({ id: 1 })") } }));
    expect(await api.query(exponential("...NEXT ...NEXT"))).toEqual({
      errors: [{ errorType: "BadRequestException", message: "The document selects too much." }],
    });
  });
});

describe("documents are cached by the size of their texts", () => {
  const query = (n: number, size: number) => `{ me { id } } #${n}`.padEnd(size, " ");

  it("up to the limit, and the oldest are dropped first", () => {
    const some = documents(1_000);
    const first = some.prepare(query(0, 100), undefined);
    for (let n = 1; n < 10; n += 1) {
      some.prepare(query(n, 100), undefined);
    }
    expect(some.kept).toBe(1_000);
    expect(some.prepare(query(0, 100), undefined)).toBe(first);
    some.prepare(query(10, 100), undefined);
    expect(some.kept).toBe(1_000);
    expect(some.prepare(query(0, 100), undefined)).toBe(first);
  });

  it("a thousand distinct long documents stay within the limit", () => {
    const some = documents();
    for (let n = 0; n < 1_000; n += 1) {
      some.prepare(query(n, 10_000), undefined);
    }
    expect(some.kept).toBeLessThanOrEqual(128 * 1024);
  });

  it("except documents over a tenth of the limit, and invalid ones", () => {
    const some = documents(1_000);
    some.prepare(query(0, 101), undefined);
    some.prepare("{ nothing }", undefined);
    expect(some.kept).toBe(0);
  });
});
