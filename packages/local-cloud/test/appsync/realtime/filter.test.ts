import { describe, expect, it } from "@jest/globals";
import { argumentFilter, enhancedFilter } from "../../../src/appsync/realtime/filter.ts";

const payload = {
  n: 5,
  text: "daylight",
  on: true,
  none: null,
  tags: ["a", "b"],
  deep: { er: { value: 1 } },
  items: [{ id: 1 }],
};

const rule = (fieldName: string, operator: string, value: unknown) => ({ fieldName, operator, value });
const groups = (...all: object[][]) => ({ filterGroup: all.map((filters) => ({ filters })) });
const holds = (fieldName: string, operator: string, value: unknown) =>
  enhancedFilter(groups([rule(fieldName, operator, value)]))(payload);

describe("an operator", () => {
  it.each<[string, string, unknown]>([
    ["n", "eq", 5],
    ["text", "eq", "daylight"],
    ["on", "eq", true],
    ["none", "eq", null],
    ["gone", "eq", null],
    ["n", "ne", 4],
    ["n", "ne", null],
    ["n", "le", 5],
    ["n", "lt", 6],
    ["n", "ge", 5],
    ["n", "gt", 4],
    ["text", "gt", "day"],
    ["text", "contains", "ligh"],
    ["tags", "contains", "a"],
    ["text", "notContains", "x"],
    ["tags", "notContains", "c"],
    ["text", "beginsWith", "day"],
    ["n", "in", [1, 5]],
    ["n", "notIn", [1, 2]],
    ["n", "between", [5, 6]],
    ["text", "between", ["a", "e"]],
    ["tags", "containsAny", ["x", "b"]],
    ["text", "containsAny", ["x", "light"]],
    ["deep.er.value", "eq", 1],
  ])("holds: %s %s %j", (...args) => expect(holds(...args)).toBe(true));

  it.each<[string, string, unknown]>([
    ["n", "eq", "5"],
    ["n", "eq", null],
    ["n", "ne", 5],
    ["n", "lt", 5],
    ["n", "gt", "4"],
    ["text", "le", 1],
    ["text", "contains", "x"],
    ["tags", "contains", "ab"],
    ["text", "beginsWith", "light"],
    ["n", "in", [1]],
    ["n", "notIn", [5]],
    ["n", "between", [6, 9]],
    ["tags", "containsAny", ["x"]],
    ["deep.er", "eq", 1],
    ["deep.er.gone.far", "eq", 1],
    ["items.id", "eq", 1],
    ["__proto__", "ne", 1],
    // Of a field that is not there nothing is true: what cannot be checked is not delivered.
    ["gone", "ne", 1],
    ["none", "ne", 1],
    ["none", "notIn", [1]],
    ["none", "notContains", "a"],
    ["none", "lt", 1],
  ])("does not hold: %s %s %j", (...args) => expect(holds(...args)).toBe(false));
});

describe("groups", () => {
  it("are alternatives, of which every rule must hold", () => {
    const yes = rule("n", "eq", 5);
    const no = rule("n", "eq", 4);
    expect(enhancedFilter(groups([yes, no], [no]))(payload)).toBe(false);
    expect(enhancedFilter(groups([no], [yes, yes]))(payload)).toBe(true);
    expect(enhancedFilter(JSON.stringify(groups([yes])))(payload)).toBe(true);
  });

  it.each<[unknown, RegExp]>([
    [null, /not valid/],
    ["meow", /not valid/],
    [{}, /no filterGroup/],
    [groups(), /no filterGroup/],
    [groups([]), /no filters/],
    [groups([rule("n", "meow", 1)]), /operator meow/],
    [groups([rule("n", "constructor", 1)]), /operator constructor/],
    [groups([rule("a.b.c.d.e.f", "eq", 1)]), /5 levels/],
    [groups([rule("n", "eq", { a: 1 })]), /does not suit operator `eq`/],
    [groups([rule("n", "in", 5)]), /does not suit operator `in`/],
    [groups([rule("n", "in", [1, 2, 3, 4, 5, 6])]), /maximum value limit 5 for operator `in`/],
    [groups([rule("n", "between", [1])]), /needs 2 values/],
    [groups(["a", "b", "c", "d", "e", "f"].map((name) => rule(name, "eq", 1))), /maximum attributes limit 5/],
    [groups(...Array.from({ length: 11 }, () => [rule("n", "eq", 1)])), /maximum groups limit 10/],
  ])("%j is refused", (filter, message) => {
    expect(() => enhancedFilter(filter)).toThrow(message);
  });
});

describe("arguments", () => {
  it("must equal the fields of their names", () => {
    expect(argumentFilter({})(payload)).toBe(true);
    expect(argumentFilter({ n: 5, text: "daylight" })(payload)).toBe(true);
    expect(argumentFilter({ n: 5, text: "other" })(payload)).toBe(false);
    expect(argumentFilter({ tags: ["a", "b"] })(payload)).toBe(true);
  });

  it("that are null match null; omitted ones match anything", () => {
    expect(argumentFilter({ none: null })(payload)).toBe(true);
    expect(argumentFilter({ gone: null })(payload)).toBe(true);
    expect(argumentFilter({ n: null })(payload)).toBe(false);
    expect(argumentFilter({ n: undefined })(payload)).toBe(true);
  });
});
