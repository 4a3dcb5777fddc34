import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { dynamodb } from "../../../src/appsync/utils/dynamodb-values.ts";
import { compile } from "../../../src/appsync/runtime/compile.ts";
import type { Handler, ResolverContext } from "../../../src/appsync/model/handlers.ts";
import { CONTEXT } from "../runtime/support.ts";
import { openTable } from "./engine.ts";

/** A typed value, and the value that a resolver reads back. */
interface Stored {
  readonly typed: unknown;
  readonly read: unknown;
}

/** DynamoDB's range: 1e-130 to 9.99e125. A double has 17 digits of the 38 that DynamoDB keeps. */
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    ...[0, 1e-130, -1e-130, 1.7976931348623157e125, -1.7976931348623157e125, 5e-7, 1e21, 0.1, 2 ** 63],
  ),
  fc
    .tuple(fc.maxSafeInteger(), fc.integer({ min: -130, max: 109 }))
    .map(([digits, power]) => Number(`${digits}e${power}`)),
);
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", "\0", "\u2028", "😀", "e\u0301", "\uFFFF", "\\", '"', "{}"),
);
const binary = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("base64"));
const name = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
  fc.constantFrom("__proto__", "constructor", "toString", "S", "N", "M", "NULL", "a.b", "a[0]", "#a", ":a"),
);

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const set = <Item>(item: fc.Arbitrary<Item>, key: (value: Item) => unknown) =>
  fc.uniqueArray(item, { minLength: 1, maxLength: 6, selector: key });
const stored = fc.letrec<{ stored: Stored }>((tie) => ({
  stored: fc.oneof(
    { maxDepth: 5 },
    json.map((read) => ({ typed: dynamodb.toDynamoDB(read), read })),
    binary.map((read) => ({ typed: dynamodb.toBinary(read), read })),
    set(text, (one) => one).map((read) => ({ typed: dynamodb.toStringSet(read), read: sorted(read) })),
    set(number, (one) => one + 0).map((read) => ({ typed: dynamodb.toNumberSet(read), read: sorted(read) })),
    set(binary, (one) => one).map((read) => ({ typed: dynamodb.toBinarySet(read), read: sorted(read) })),
    fc.array(tie("stored"), { maxLength: 4 }).map((all) => ({
      typed: { L: all.map(({ typed }) => typed) },
      read: all.map(({ read }) => read),
    })),
    fc.dictionary(name, tie("stored"), { maxKeys: 4 }).map((all) => ({
      typed: { M: each(all, ({ typed }) => typed) },
      read: each(all, ({ read }) => read),
    })),
  ),
})).stored;

const code = compile(
  `import { util } from "@aws-appsync/utils";
   import * as ddb from "@aws-appsync/utils/dynamodb";
   export function request(ctx) {
     const key = { pk: "json", id: "1" };
     if (ctx.stash.get) return ddb.get({ key, consistentRead: true });
     if (ctx.stash.helper) return ddb.put({ key, item: ctx.args.item });
     return {
       operation: "PutItem",
       key: { pk: { S: key.pk }, id: util.dynamodb.toDynamoDB(key.id) },
       attributeValues: util.dynamodb.toMapValues(ctx.args.item),
     };
   }
   export function response(ctx) { return ctx.result; }`,
  "items",
);
const run = (handler: Handler, context: Partial<ResolverContext>): unknown => {
  const { end } = code.run(handler, { ...CONTEXT, ...context });
  if (end.kind !== "value") {
    throw new Error(JSON.stringify(end));
  }
  return end.value;
};

const isKey = (attribute: string) => attribute === "pk" || attribute === "id";

describe("an item is read back as it was written", () => {
  it("by handlers: any JSON through toMapValues or ddb.put, and through ddb.get", async () => {
    const ask = await openTable();
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          name.filter((one) => !isKey(one)),
          json,
          { maxKeys: 6, noNullPrototype: true },
        ),
        fc.boolean(),
        async (item, helper) => {
          const whole = plain({ ...item, pk: "json", id: "1" });
          const put = await ask(run("request", { arguments: { item }, stash: { helper } }));
          expect(plain(put)).toEqual({ result: whole });
          const { result } = await ask(run("request", { stash: { get: true } }));
          expect(plain(run("response", { result }))).toEqual(whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("with values of every type, at any depth", async () => {
    const ask = await openTable();
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          name.filter((one) => !isKey(one)),
          stored,
          { maxKeys: 6 },
        ),
        async (attributes) => {
          const key = { pk: { S: "typed" }, id: { S: "1" } };
          const attributeValues = each(attributes, ({ typed }) => typed);
          const put = await ask({ operation: "PutItem", key, attributeValues });
          expect(put.error).toBeUndefined();
          const { result } = await ask({ operation: "GetItem", key, consistentRead: true });
          const expected = { ...each(attributes, ({ read }) => read), pk: "typed", id: "1" };
          expect(plain(inOrder(result, attributeValues))).toEqual(plain(expected));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("nested as deep as DynamoDB allows: 32 levels", async () => {
    const ask = await openTable();
    const item = Array.from({ length: 31 }).reduce<unknown>(
      (inner, _, level) => (level % 2 === 0 ? [inner] : { inner }),
      "deep",
    );
    await ask(run("request", { arguments: { item: { item } }, stash: {} }));
    expect((await ask(run("request", { stash: { get: true } }))).result).toMatchObject({ item });
  });
});

function each<From, To>(all: Readonly<Record<string, From>>, make: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, make(value)]));
}

/** -0 is 0, as in JSON and in DynamoDB; prototypes do not count. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function sorted<Item extends string | number>(all: readonly Item[]): Item[] {
  return [...all].sort((a, b) => (a < b ? -1 : Number(a > b)));
}

/** Sorts the members of every set, since a set has no order. */
function inOrder(result: unknown, typed: unknown): unknown {
  const members = result as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(members).map(([key, value]) => [key, sortSets(value, own(typed, key))]),
  );
}

function sortSets(value: unknown, typed: unknown): unknown {
  const [type, content] = Object.entries(typed ?? {})[0] ?? [];
  if (type === "SS" || type === "NS" || type === "BS") {
    return sorted(value as string[]);
  }
  if (type === "M") {
    return inOrder(value, content);
  }
  if (type !== "L") {
    return value;
  }
  return (value as unknown[]).map((one, index) => sortSets(one, (content as unknown[])[index]));
}

function own(typed: unknown, key: string): unknown {
  return Object.hasOwn(typed as object, key) ? (typed as Record<string, unknown>)[key] : undefined;
}
