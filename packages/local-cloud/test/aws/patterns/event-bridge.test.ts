import { describe, expect, it } from "@jest/globals";
import { compileEventPattern } from "../../../src/aws/events/event-pattern.ts";

const matches = (pattern: unknown, event: unknown) => compileEventPattern(JSON.stringify(pattern))(event);
/** One rule for the field `x`. */
const holds = (rule: unknown, x: unknown) => matches({ x: [rule] }, x === undefined ? { y: 1 } : { x });

describe("a rule of an event pattern", () => {
  it.each<[string, unknown, readonly unknown[], readonly unknown[]]>([
    ["a value", "a", ["a", ["b", "a"]], ["A", "ab", "", null, 1, undefined, { a: "a" }]],
    ["an empty string", "", [""], [null, " ", undefined]],
    ["a number", 300, [300, 3e2], ["300", 301]],
    ["null", null, [null], ["null", [], 0, undefined]],
    ["a boolean", false, [false], [true, 0, "false", null]],
    ["prefix", { prefix: "in" }, ["in", "inside"], ["bin", "IN", 1, undefined]],
    ["an empty prefix", { prefix: "" }, ["", "a"], [1, undefined]],
    ["prefix without case", { prefix: { "equals-ignore-case": "EventB" } }, ["eVEntBus"], ["vent"]],
    ["suffix", { suffix: ".png" }, [".png", "a.png"], [".PNG", "a.png.bak"]],
    ["suffix without case", { suffix: { "equals-ignore-case": ".png" } }, ["a.PNG"], ["a.jpg"]],
    ["equals-ignore-case", { "equals-ignore-case": "abc" }, ["ABC", ["x", "aBc"]], ["abcd", undefined]],
    ["exists", { exists: true }, ["", null, 0, [1]], [undefined, {}, [], { inner: 1 }]],
    ["exists: false", { exists: false }, [undefined, {}, [], { inner: 1 }], ["", null, [1]]],
    ["exactly", { exactly: "a" }, ["a"], ["b"]],
    [
      "wildcard",
      { wildcard: "/Users/*/doc.txt" },
      ["/Users/a/b/doc.txt"],
      ["/Users/doc.txt", "/Users/a/doc"],
    ],
    ["two wildcards", { wildcard: "*a*" }, ["a", "bab"], ["b", ""]],
    ["parts of a wildcard do not overlap", { wildcard: "ab*ba" }, ["abba", "abxba"], ["aba"]],
    ["an empty wildcard", { wildcard: "" }, [""], ["a"]],
    ["an escaped wildcard", { wildcard: "a\\*\\\\" }, ["a*\\"], ["ab\\"]],
    [
      "anything-but a string",
      { "anything-but": "a" },
      ["b", null, 1, ["a", "b"]],
      ["a", ["a"], undefined, []],
    ],
    ["anything-but a number", { "anything-but": 0 }, [1, "0"], [0, undefined]],
    ["anything-but some strings", { "anything-but": ["a", "b"] }, ["c", null], ["a", "b", undefined]],
    ["anything-but some numbers", { "anything-but": [100, 200] }, [1], [100, 200]],
    ["anything-but prefix", { "anything-but": { prefix: "in" } }, ["bin", 12, null], ["inside", undefined]],
    ["anything-but prefixes", { "anything-but": { prefix: ["a", "b"] } }, ["c"], ["a1", "b1"]],
    ["anything-but suffix", { "anything-but": { suffix: [".a", ".b"] } }, ["c.c"], ["c.a", "c.b"]],
    ["anything-but without case", { "anything-but": { "equals-ignore-case": "on" } }, ["off"], ["ON"]],
    ["anything-but wildcard", { "anything-but": { wildcard: "*/a/*" } }, ["b", null], ["x/a/y"]],
    ["numeric =", { numeric: ["=", 5] }, [5, 5.0], ["5", 4]],
    ["numeric <", { numeric: ["<", 5] }, [4.9], [5]],
    ["numeric <=", { numeric: ["<=", 5] }, [5], [5.1]],
    ["numeric >", { numeric: [">", 5] }, [5.1], [5]],
    ["numeric >=", { numeric: [">=", 5] }, [5], [4.9]],
    ["a numeric range", { numeric: [">", 0, "<=", 5] }, [0.1, 5], [0, 5.1]],
    ["cidr", { cidr: "10.0.0.0/24" }, ["10.0.0.255"], ["10.0.1.0", "10.0.0.256", 123, "::1"]],
    ["cidr of IPv6", { cidr: "2001:db8:1234:1a00::/64" }, ["2001:0db8:1234:1a00::1"], ["2001:db8:123f::1"]],
  ])("%s", (_, rule, yes, no) => {
    for (const value of yes) {
      expect([value, holds(rule, value)]).toEqual([value, true]);
    }
    for (const value of no) {
      expect([value, holds(rule, value)]).toEqual([value, false]);
    }
  });
});

describe("an event pattern", () => {
  it("matches if all of its fields match, each by any of its rules", () => {
    const pattern = { source: ["a", "b"], detail: { state: [{ prefix: "run" }, "done"] } };
    expect(matches(pattern, { source: "b", detail: { state: "running" } })).toBe(true);
    expect(matches(pattern, { source: "b", detail: { state: "done", more: 1 } })).toBe(true);
    expect(matches(pattern, { source: "c", detail: { state: "done" } })).toBe(false);
    expect(matches(pattern, { source: "a", detail: { state: "failed" } })).toBe(false);
    expect(matches(pattern, { source: "a" })).toBe(false);
  });

  it("matches the fields of one object in a list, not of several", () => {
    const pattern = { detail: { items: { id: ["1"], state: ["open"] } } };
    const event = (...items: object[]) => ({ detail: { items } });
    expect(matches(pattern, event({ id: "2" }, { id: "1", state: "open" }))).toBe(true);
    expect(matches(pattern, event({ id: "1", state: "shut" }, { id: "2", state: "open" }))).toBe(false);
  });

  it("matches inside lists of lists", () => {
    const pattern = { a: { b: { x: [1], y: [2] } } };
    expect(matches(pattern, { a: [{ b: [{ x: 0 }, { x: 1, y: 2 }] }] })).toBe(true);
    expect(matches(pattern, { a: [{ b: [{ x: 1 }] }, { b: [{ y: 2 }] }] })).toBe(false);
  });

  it("reads a name with dots as a path, as AWS does", () => {
    expect(matches({ "a.b": ["x"] }, { a: { b: "x" } })).toBe(true);
    expect(matches({ a: { b: ["x"] } }, { "a.b": "x" })).toBe(true);
    expect(matches({ "a.b": { b: ["x"] } }, { a: { b: "x" } })).toBe(false);
  });

  it("does not match names that all objects inherit, unless the event has them", () => {
    expect(matches({ constructor: [{ exists: false }] }, { a: 1 })).toBe(true);
    expect(matches({ constructor: ["x"] }, { constructor: "x" })).toBe(true);
  });

  it("matches with $or if one of the alternatives matches", () => {
    const pattern = {
      source: ["a"],
      $or: [{ x: [1] }, { detail: { y: [2], $or: [{ z: [3] }, { z: [4] }] } }],
    };
    expect(matches(pattern, { source: "a", x: 1 })).toBe(true);
    expect(matches(pattern, { source: "a", detail: { y: 2, z: 4 } })).toBe(true);
    expect(matches(pattern, { source: "a", detail: { y: 2, z: 5 } })).toBe(false);
    expect(matches(pattern, { source: "b", x: 1 })).toBe(false);
  });

  it("combines exists: false with other rules of the field", () => {
    const pattern = { image: { kind: [{ "anything-but": ["rose"] }, { exists: false }] } };
    expect(matches(pattern, { image: { other: 1 } })).toBe(true);
    expect(matches(pattern, { other: 1 })).toBe(true);
    expect(matches(pattern, { image: { kind: "tulip" } })).toBe(true);
    expect(matches(pattern, { image: { kind: "rose" } })).toBe(false);
  });
});

describe("an event pattern is refused in AWS's words", () => {
  const x = (rule: unknown) => ({ x: [rule] });
  it.each<[unknown, string]>([
    [["a"], "Filter is not an object"],
    [{}, "Empty objects are not allowed"],
    [{ detail: {} }, "Empty objects are not allowed"],
    [{ source: "aws.s3" }, '"source" must be an object or an array'],
    [{ source: 42 }, '"source" must be an object or an array'],
    [{ source: [] }, "Empty arrays are not allowed"],
    [{ source: [["a"]] }, "Match value must be String, number, true, false, or null"],
    [x({}), "Match expression name not found"],
    [x({ EXISTS: true }), "Unrecognized match type EXISTS"],
    [x({ constructor: "a" }), "Unrecognized match type constructor"],
    [x({ exists: "yes" }), "exists match pattern must be either true or false."],
    [x({ prefix: "a", suffix: "b" }), "Only one key allowed in match expression"],
    [x({ prefix: 123 }), "prefix match pattern must be a string"],
    [x({ prefix: ["a"] }), "prefix match pattern must be a string"],
    [x({ prefix: { suffix: "a" } }), "Unsupported prefix pattern: suffix"],
    [x({ suffix: 123 }), "suffix match pattern must be a string"],
    [x({ "equals-ignore-case": ["a"] }), "equals-ignore-case match pattern must be a string"],
    [x({ wildcard: 123 }), "wildcard match pattern must be a string"],
    [x({ wildcard: "arn:aws:events:us-east-1:**:event-bus/*" }), "Consecutive wildcard characters at pos 26"],
    [x({ wildcard: "a\\b" }), "Invalid escape character at pos 2"],
    [x({ numeric: 10 }), "Value of numeric must be an array."],
    [x({ numeric: [">", 0, "<"] }), "Value of < must be numeric"],
    [x({ numeric: [">", 0, ">", 0] }), "Bad numeric range operator: >"],
    [x({ numeric: ["<", 0, ">", 0] }), "Too many elements in numeric expression"],
    [x({ numeric: ["=", "5"] }), "Value of equals must be numeric"],
    [x({ numeric: [">", 5, "<", 5] }), "Bottom must be less than top"],
    [x({ numeric: ["!", 5] }), "Unrecognized numeric range operator: !"],
    [x({ NUMERIC: ["=", 5] }), "Unrecognized match type NUMERIC"],
    [x({ cidr: ["10.0.0.0/24"] }), "prefix match pattern must be a string"],
    [x({ cidr: "bad-filter" }), "Malformed CIDR, one '/' required"],
    [x({ cidr: "bad-/64filter" }), "Malformed CIDR, mask bits must be an integer"],
    [x({ cidr: "xx.11.xx/8" }), "Nonstandard IP address: xx.11.xx"],
    [x({ cidr: "10.0.0.0/32" }), "IPv4 mask bits must be < 32"],
    [x({ "anything-but": null }), "Value of anything-but must be an array or single string/number value."],
    [x({ "anything-but": ["a", null] }), "Inside anything but list, start|null|boolean is not supported."],
    [
      x({ "anything-but": ["a", 1] }),
      "Inside anything but list, either all values are number or string, mixed type is not supported",
    ],
    [x({ "anything-but": { numeric: [1] } }), "Unsupported anything-but pattern: numeric"],
    [x({ "anything-but": { prefix: "" } }), "Null prefix/suffix not allowed"],
    [x({ "anything-but": { prefix: [1] } }), "prefix/suffix match pattern must be a string"],
    [
      x({ "anything-but": { "equals-ignore-case": 1 } }),
      "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
    ],
    [{ $or: {} }, "It must be an Array followed with $or."],
    [{ $or: [{ a: [1] }] }, "There must have at least 2 Objects in $or relationship."],
    [{ $or: [1, 2] }, "Only JSON object is allowed in array of $or relationship."],
    [
      { $or: [{ prefix: ["a"] }, { b: [1] }] },
      "prefix is Ruler reserved fieldName which cannot be used inside $or.",
    ],
  ])("%j", (pattern, reason) => {
    const compile = () => compileEventPattern(JSON.stringify(pattern));
    expect(compile).toThrow(
      expect.objectContaining({
        code: "InvalidEventPatternException",
        message: `Event pattern is not valid. Reason: ${reason}`,
      }),
    );
  });

  it("text that is not JSON", () => {
    expect(() => compileEventPattern("{'bad': 'quotes'}")).toThrow(/^Event pattern is not valid\. Reason: /);
  });

  it("too many combinations of $or", () => {
    const two = (name: string) => ({ [name]: { $or: [{ a: [1] }, { b: [2] }] } });
    const nine = Object.assign({}, ...["a", "b", "c", "d", "e", "f", "g", "h", "i"].map(two)) as object;
    expect(() => compileEventPattern(JSON.stringify(nine))).not.toThrow();
    expect(() => compileEventPattern(JSON.stringify({ ...nine, ...two("j") }))).toThrow("combinations");
  });
});
