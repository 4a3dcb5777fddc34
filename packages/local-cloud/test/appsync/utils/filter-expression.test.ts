import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { filterExpression } from "../../../src/appsync/utils/filter-expression.ts";

/** Answers of AWS's EvaluateCode, as recorded by github.com/localstack/appsync-utils. */
const RECORDED: readonly (readonly [filter: unknown, expression: string, values: readonly string[]])[] = [
  [{ v: { eq: "x" } }, "(#v = :v_eq)", [":v_eq"]],
  [{ v: { ne: "x" } }, "(#v <> :v_ne)", [":v_ne"]],
  [{ v: { lt: 1 } }, "(#v < :v_lt)", [":v_lt"]],
  [{ v: { le: 1 } }, "(#v <= :v_le)", [":v_le"]],
  [{ v: { gt: 1 } }, "(#v > :v_gt)", [":v_gt"]],
  [{ v: { ge: 1 } }, "(#v >= :v_ge)", [":v_ge"]],
  [{ v: { contains: "x" } }, "(contains(#v,:v_contains))", [":v_contains"]],
  [{ v: { notContains: "x" } }, "(NOT contains(#v,:v_notContains))", [":v_notContains"]],
  [{ v: { beginsWith: "x" } }, "(begins_with(#v,:v_beginsWith))", [":v_beginsWith"]],
  [
    { v: { between: [1, 9, 5] } },
    "(#v BETWEEN :v_between_start AND :v_between_end)",
    [":v_between_start", ":v_between_end"],
  ],
  [{ v: { in: ["a", "b"] } }, "(#v IN (:v_in_0, :v_in_1))", [":v_in_0", ":v_in_1"]],
  [{ v: { in: [] } }, "(null)", []],
  [{ v: { attributeExists: true } }, "(attribute_exists(#v))", []],
  [{ v: { attributeExists: false } }, "(attribute_not_exists(#v))", []],
  [{ v: { attributeType: "numberSet" } }, "(attribute_type(#v,:v_attributeType))", [":v_attributeType"]],
  [{ v: { size: { gt: 2 } } }, "(size(#v) > :v_size_gt)", [":v_size_gt"]],
  [
    { v: { size: { gt: 2, lt: 5 } } },
    "((size(#v) > :v_size_gt) AND (size(#v) < :v_size_lt))",
    [":v_size_gt", ":v_size_lt"],
  ],
  [{ v: { size: { size: { gt: 1 } } } }, "(size(#v) > :v_size_size_gt)", [":v_size_size_gt"]],
  [{ a: { eq: 1 }, b: { eq: 2 } }, "(#a = :a_eq) AND (#b = :b_eq)", [":a_eq", ":b_eq"]],
  [{ v: { ge: 1, le: 5 } }, "((#v >= :v_ge) AND (#v <= :v_le))", [":v_ge", ":v_le"]],
  [{ and: [{ a: { eq: 1 } }] }, "(#a = :and_0_a_eq)", [":and_0_a_eq"]],
  [
    { and: [{ a: { eq: 1 } }, { b: { eq: 2 } }] },
    "((#a = :and_0_a_eq) AND (#b = :and_1_b_eq))",
    [":and_0_a_eq", ":and_1_b_eq"],
  ],
  [
    { or: [{ a: { eq: 1 } }, { b: { eq: 2 } }] },
    "((#a = :or_0_a_eq) OR (#b = :or_1_b_eq))",
    [":or_0_a_eq", ":or_1_b_eq"],
  ],
  [{ not: { a: { eq: 1 } } }, "(NOT (#a = :not_a_eq))", [":not_a_eq"]],
  [{ not: { not: { a: { eq: 1 } } } }, "(NOT (NOT (#a = :not_not_a_eq)))", [":not_not_a_eq"]],
  [
    { not: { id: { between: ["1", "9"] } } },
    "(NOT (#id BETWEEN :not_id_between_start AND :not_id_between_end))",
    [":not_id_between_start", ":not_id_between_end"],
  ],
  [
    { not: { and: [{ a: { eq: 1 } }, { b: { eq: 2 } }] } },
    "(NOT ((#a = :not_and_0_a_eq) AND (#b = :not_and_1_b_eq)))",
    [":not_and_0_a_eq", ":not_and_1_b_eq"],
  ],
  [
    { or: [{ and: [{ a: { eq: 1 } }, { b: { eq: 2 } }] }, { c: { eq: 3 } }] },
    "(((#a = :or_0_and_0_a_eq) AND (#b = :or_0_and_1_b_eq)) OR (#c = :or_1_c_eq))",
    [":or_0_and_0_a_eq", ":or_0_and_1_b_eq", ":or_1_c_eq"],
  ],
  [
    { a: { eq: 1 }, and: [{ b: { eq: 2 } }] },
    "(#a = :a_eq) AND (#b = :and_0_b_eq)",
    [":a_eq", ":and_0_b_eq"],
  ],
  [{ "a.b": { eq: 1 } }, "(#a.b = :a.b_eq)", [":a.b_eq"]],
  [{}, "", []],
  [{ and: [] }, "", []],
  [{ v: {} }, "", []],
  [{ not: {} }, "(NOT )", []],
  [{ a: { eq: 1 }, b: {} }, "(#a = :a_eq) AND ", [":a_eq"]],
  [{ and: [{ a: { eq: 1 } }, {}] }, "((#a = :and_0_a_eq) AND )", [":and_0_a_eq"]],
];

/** What AWS answers null to. */
const UNRENDERABLE: readonly unknown[] = [
  undefined,
  null,
  [],
  "string",
  { v: { foo: 1 } },
  { v: "x" },
  { a: { b: { eq: 1 } } },
  { and: { a: { eq: 1 } } },
  { and: null },
  { and: [{ a: { eq: 1 } }, null] },
  { not: [{ a: { eq: 1 } }] },
  { v: { between: [1] } },
  { v: { between: "x" } },
  { v: { in: "x" } },
  { v: { attributeExists: "yes" } },
  { v: { attributeType: "S" } },
  { v: { attributeType: "bogus" } },
  { v: { size: 3 } },
  { v: { toString: 1 } },
];

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const name = fc
  .stringMatching(/^[a-z][A-Za-z0-9]{0,5}$/u)
  .filter((text) => !["and", "or", "not"].includes(text));
const operators = fc.oneof(
  fc
    .record({ eq: scalar, ne: scalar, ge: scalar, contains: scalar }, { requiredKeys: [] })
    .filter((one) => Object.keys(one).length > 0),
  fc.tuple(scalar, scalar).map((between) => ({ between })),
  fc.array(scalar, { minLength: 1, maxLength: 4 }).map((list) => ({ in: list })),
  fc.boolean().map((attributeExists) => ({ attributeExists })),
  fc.integer().map((gt) => ({ size: { gt } })),
);
const filters = fc.letrec<{ filter: unknown }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    fc.dictionary(name, operators, { minKeys: 1, maxKeys: 3 }),
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
    tie("filter").map((not) => ({ not })),
  ),
})).filter;

describe("a filter as an expression", () => {
  it.each(RECORDED)("of %j is AWS's", (filter, expression, values) => {
    const built = filterExpression(filter);
    expect(built?.expression).toBe(expression);
    expect(Object.keys(built?.expressionValues ?? {})).toEqual(values);
  });

  it.each(UNRENDERABLE)("of %j is null", (filter) => expect(filterExpression(filter)).toBeNull());

  it("keeps the type of each operand", () => {
    expect(filterExpression({ v: { eq: null, ne: { a: [1.5, true] } } })?.expressionValues).toEqual({
      ":v_eq": { NULL: null },
      ":v_ne": { M: { a: { L: [{ N: 1.5 }, { BOOL: true }] } } },
    });
  });

  it("resolves each of its names and values, and uses each that it lists", () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const built = filterExpression(filter);
        if (built === null) {
          throw new Error("not rendered");
        }
        const used = (pattern: RegExp) => new Set(built.expression.match(pattern) ?? []);
        expect(used(/#\w+/gu)).toEqual(new Set(Object.keys(built.expressionNames)));
        expect(used(/:\w+/gu)).toEqual(new Set(Object.keys(built.expressionValues)));
        expect(built.expression.split("(").length).toBe(built.expression.split(")").length);
        for (const [placeholder, attribute] of Object.entries(built.expressionNames)) {
          expect(placeholder).toBe(`#${attribute}`);
        }
      }),
    );
  });
});
