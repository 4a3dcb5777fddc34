import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { compileFilter } from "../../../../src/aws/lambda/mappings/filter.ts";
import { compilePattern } from "../../../../src/aws/lambda/mappings/pattern.ts";

describe("an event pattern", () => {
  it.each<[string, object, object, boolean]>([
    ["a value", { a: ["x", 1] }, { a: 1 }, true],
    ["another type", { a: ["1"] }, { a: 1 }, false],
    ["null", { a: [null] }, { a: null }, true],
    ["null, absent", { a: [null] }, {}, false],
    ["an empty string", { a: [""] }, { a: "" }, true],
    ["all keys", { a: [1], b: [2] }, { a: 1, b: 3 }, false],
    ["deeper keys", { a: { b: { c: ["x"] } } }, { a: { b: { c: "x" } } }, true],
    ["a key of the prototype", { toString: [{ exists: false }] }, {}, true],
    ["an element of a list", { a: ["x"] }, { a: ["y", "x"] }, true],
    [
      "an object in a list",
      { a: { b: [1], c: [2] } },
      {
        a: [
          { b: 1, c: 3 },
          { b: 1, c: 2 },
        ],
      },
      true,
    ],
    ["no one object in a list", { a: { b: [1], c: [2] } }, { a: [{ b: 1 }, { c: 2 }] }, false],
    ["prefix", { a: [{ prefix: "ab" }] }, { a: "abc" }, true],
    ["suffix", { a: [{ suffix: ".png" }] }, { a: "x.jpg" }, false],
    ["equals-ignore-case", { a: [{ "equals-ignore-case": "YES" }] }, { a: "yes" }, true],
    ["anything-but", { a: [{ "anything-but": ["x", 2] }] }, { a: 2 }, false],
    ["anything-but, other", { a: [{ "anything-but": "x" }] }, { a: "y" }, true],
    ["anything-but, absent", { a: [{ "anything-but": "x" }] }, {}, false],
    ["anything-but prefix", { a: [{ "anything-but": { prefix: "x" } }] }, { a: "xy" }, false],
    ["numeric range", { a: [{ numeric: [">", 0, "<=", 5] }] }, { a: 5 }, true],
    ["numeric of text", { a: [{ numeric: [">", 0] }] }, { a: "5" }, false],
    ["exists", { a: [{ exists: true }] }, { a: null }, true],
    ["exists, not a leaf", { a: [{ exists: true }] }, { a: { b: 1 } }, false],
    ["exists not, deeper", { a: { b: [{ exists: false }] } }, {}, true],
    ["$or", { $or: [{ a: [1] }, { b: { c: [2] } }], d: [3] }, { b: { c: 2 }, d: 3 }, true],
    ["$or, none", { $or: [{ a: [1] }, { b: [2] }] }, { a: 2, b: 1 }, false],
  ])("matches %s", (_, pattern, event, matches) => {
    expect(compilePattern(pattern)(event)).toBe(matches);
  });

  it.each<[object, string]>([
    [{ a: "x" }, "a must be an object"],
    [{ a: [] }, "a has no rule"],
    [{ a: { b: [{ wildcard: "*" }] } }, "a.b: operator wildcard is unknown"],
    [{ a: [{ prefix: "x", suffix: "y" }] }, "one operator"],
    [{ a: [{ numeric: ["~", 1] }] }, "pairs"],
    [{ a: [{ numeric: [">"] }] }, "one or two comparisons"],
    [{ a: [{ exists: "yes" }] }, "exists takes"],
    [{ $or: {} }, "$or must be a list"],
  ])("%j is refused", (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });

  /** What each rule means, said once more and as plainly as can be. */
  const reference: Record<string, (value: unknown, operand: never) => boolean> = {
    prefix: (value, operand: string) =>
      typeof value === "string" && value.slice(0, operand.length) === operand,
    suffix: (value, operand: string) =>
      typeof value === "string" && (operand === "" || value.slice(-operand.length) === operand),
    "anything-but": (value, operand: unknown[]) =>
      value !== undefined && operand.every((each) => each !== value),
    exists: (value, operand: boolean) => (value !== undefined) === operand,
  };

  it("means what the reference says, for any rules and values", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 });
    const scalar = fc.oneof(text, fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constant(null));
    const rule = fc.oneof(
      scalar,
      fc.record({ prefix: text }),
      fc.record({ suffix: text }),
      fc.record({ "anything-but": fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
      fc.record({ exists: fc.boolean() }),
    );
    const rules = fc.array(rule, { minLength: 1, maxLength: 3 });
    const event = fc.record({ x: scalar, y: scalar }, { requiredKeys: [] });
    const holds = (one: unknown, value: unknown): boolean => {
      if (typeof one !== "object" || one === null) {
        return one === value;
      }
      const [operator = "", operand] = Object.entries(one)[0] ?? [];
      return reference[operator]?.(value, operand as never) ?? false;
    };
    fc.assert(
      fc.property(rules, rules, event, (x, y, value) => {
        const expected = x.some((each) => holds(each, value.x)) && y.some((each) => holds(each, value.y));
        expect(compilePattern({ x, y })(value)).toBe(expected);
        const either = x.some((each) => holds(each, value.x)) || y.some((each) => holds(each, value.y));
        expect(compilePattern({ $or: [{ x }, { y }] })(value)).toBe(either);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a filter for messages", () => {
  it("reads the body as JSON where the pattern does", () => {
    const filter = compileFilter(['{"body":{"a":[1]}}'], "sqs");
    expect(['{"a":1}', '{"a":2}', "a", "[1]", "null"].map((body) => filter({ body }))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("takes the body as text where the pattern does", () => {
    const filter = compileFilter(['{"body":["go", {"prefix":"{"}]}'], "sqs");
    expect(["go", "{}", "stop"].map((body) => filter({ body }))).toEqual([true, true, false]);
  });

  it("passes what any pattern matches, and everything without patterns", () => {
    const filter = compileFilter(['{"body":["a"]}', '{"attributes":{"MessageGroupId":["g"]}}'], "sqs");
    expect(filter({ body: "x", attributes: { MessageGroupId: "g" } })).toBe(true);
    expect(filter({ body: "x", attributes: {} })).toBe(false);
    expect(compileFilter([], "sqs")({ body: "x" })).toBe(true);
  });
});
