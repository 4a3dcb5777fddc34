import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { transform } from "../../../src/appsync/utils/transform.ts";
import { filterExpression } from "../../../src/appsync/utils/filter-expression.ts";
import { toMapValues } from "../../../src/appsync/utils/dynamodb-values.ts";
import { type Ask, openTable } from "./engine.ts";
import { type Fields, holds } from "./predicate.ts";

const attributes = ["a", "b", "c", "list", "size", "status"];
const word = fc.constantFrom("", "a", "ab", "abc", "b", "ba");
const count = fc.integer({ min: -2, max: 4 });
const scalar = fc.oneof(word, count, fc.boolean(), fc.constant(null));
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom("x", "y"), scalar, { noNullPrototype: true }),
);
const items = fc.array(fc.dictionary(fc.constantFrom(...attributes), value, { noNullPrototype: true }), {
  minLength: 25,
  maxLength: 25,
});

/** Two values of one type, the smaller first: DynamoDB refuses others. */
const range = fc.oneof(
  fc.tuple(count, count).map((two) => two.toSorted((one, other) => one - other)),
  fc.tuple(word, word).map((two) => two.toSorted()),
);
const ordered = fc.oneof(word, count);
const comparisons = { eq: value, ne: value, lt: ordered, le: ordered, gt: ordered, ge: ordered };
const size = someOf({
  ...{ eq: count, ne: count, lt: count, le: count, gt: count, ge: count },
  between: fc.tuple(count, count).map((two) => two.toSorted((one, other) => one - other)),
  in: fc.array(count, { minLength: 1, maxLength: 3 }),
});
const operators = someOf({
  ...comparisons,
  contains: ordered,
  notContains: ordered,
  beginsWith: word,
  between: range,
  in: fc.array(scalar, { minLength: 1, maxLength: 4 }),
  attributeExists: fc.boolean(),
  attributeType: fc.constantFrom("_null", "string", "number", "boolean", "list", "map", "stringSet"),
  size,
});
const filters = fc
  .letrec<{ filter: Fields }>((tie) => {
    const group = fc.array(tie("filter"), { minLength: 1, maxLength: 3 });
    return {
      filter: fc.oneof(
        { maxDepth: 4 },
        {
          weight: 6,
          arbitrary: fc.dictionary(fc.constantFrom(...attributes), operators, {
            minKeys: 1,
            maxKeys: 2,
            noNullPrototype: true,
          }),
        },
        group.map((and) => ({ and })),
        group.map((or) => ({ or })),
        tie("filter").map((not) => ({ not })),
        fc.tuple(operators, tie("filter"), group).map(([a, not, or]) => ({ a, not, or })),
      ),
    };
  })
  // DynamoDB refuses longer expressions.
  .filter.filter((filter) => String(filterExpression(filter)?.expression).length < 4096);

describe("any filter object becomes an expression that DynamoDB accepts", () => {
  it("and a Scan and a Query return the items that match it", async () => {
    const ask = await openTable();
    await fc.assert(
      fc.asyncProperty(items, fc.array(filters, { minLength: 10, maxLength: 10 }), async (all, some) => {
        await fill(ask, all);
        for (const filter of some) {
          const wanted = all.flatMap((item, index) => (holds(filter, item) ? [name(index)] : []));
          const expression: unknown = JSON.parse(transform.toDynamoDBFilterExpression(filter) ?? "null");
          const query = { expression: "pk = :pk", expressionValues: { ":pk": { S: "all" } } };
          expect([filter, await select(ask, { operation: "Scan", filter: expression })]).toEqual([
            filter,
            wanted,
          ]);
          expect([filter, await select(ask, { operation: "Query", query, filter: expression })]).toEqual([
            filter,
            wanted,
          ]);
        }
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  it("and a condition is true for the items that match it", async () => {
    const ask = await openTable();
    await fc.assert(
      fc.asyncProperty(items, filters, async (all, filter) => {
        await fill(ask, all);
        const condition: unknown = JSON.parse(transform.toDynamoDBConditionExpression(filter) ?? "null");
        for (const [index, item] of all.slice(0, 8).entries()) {
          const check = { table: "things", operation: "ConditionCheck", key: key(index), condition };
          const { error } = await ask({ operation: "TransactWriteItems", transactItems: [check] });
          const failed = "DynamoDB:TransactionCanceledException";
          expect([filter, item, error?.type]).toEqual([
            filter,
            item,
            holds(filter, item) ? undefined : failed,
          ]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

const name = (index: number) => String(index).padStart(2, "0");
const key = (index: number) => ({ pk: { S: "all" }, id: { S: name(index) } });

async function fill(ask: Ask, all: readonly Fields[]): Promise<void> {
  const things = all.map((item, index) => ({ ...toMapValues(item), ...key(index) }));
  const { error } = await ask({ operation: "BatchPutItem", tables: { things } });
  expect(error).toBeUndefined();
}

async function select(ask: Ask, request: object): Promise<unknown> {
  const { result, error } = await ask(request);
  if (error) {
    return error.message;
  }
  return (result as { items: { id: string }[] }).items.map(({ id }) => id).toSorted();
}

/** One or two of the operators, in any order. */
function someOf(all: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Fields> {
  const one = fc.oneof(
    ...Object.entries(all).map(([name, value]) => value.map((given) => [name, given] as const)),
  );
  return fc
    .uniqueArray(one, { minLength: 1, maxLength: 2, selector: ([name]) => name })
    .map((chosen) => Object.fromEntries(chosen));
}
