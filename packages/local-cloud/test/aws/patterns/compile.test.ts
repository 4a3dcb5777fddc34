import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { compilePattern } from "../../../src/aws/patterns/compile.ts";
import {
  type Dialect,
  eventBridge,
  eventSourceMapping,
  filterPolicy,
} from "../../../src/aws/patterns/dialects.ts";

const services: readonly (readonly [string, Dialect])[] = [
  ["EventBridge", eventBridge],
  ["Lambda", eventSourceMapping],
  ["SNS", filterPolicy],
];

describe("what each service accepts in a pattern", () => {
  const everywhere = ["EventBridge", "Lambda", "SNS"];
  it.each<[unknown, readonly string[], string]>([
    ["a", everywhere, ""],
    [null, everywhere, ""],
    [{ exists: false }, everywhere, ""],
    [{ prefix: "a" }, everywhere, ""],
    [{ suffix: "a" }, everywhere, ""],
    [{ "equals-ignore-case": "a" }, everywhere, ""],
    [{ numeric: [">", 0, "<=", 5] }, everywhere, ""],
    [{ "anything-but": ["a", "b"] }, everywhere, ""],
    [{ cidr: "10.0.0.0/24" }, ["EventBridge", "SNS"], "Unrecognized match type cidr"],
    [{ wildcard: "a*" }, ["EventBridge"], "Unrecognized match type wildcard"],
    [{ exactly: "a" }, ["EventBridge"], "Unrecognized match type exactly"],
    [{ toString: "a" }, [], "Unrecognized match type toString"],
    [{ prefix: { "equals-ignore-case": "a" } }, ["EventBridge"], "prefix match pattern must be a string"],
    [{ "anything-but": { prefix: "a" } }, ["EventBridge", "SNS"], "Unsupported anything-but pattern: prefix"],
    [{ "anything-but": { suffix: "a" } }, ["EventBridge"], "Unsupported anything-but pattern: suffix"],
    [{ "anything-but": { wildcard: "a*" } }, ["EventBridge"], "Unsupported anything-but pattern: wildcard"],
    [
      { "anything-but": ["a", 1] },
      ["SNS"],
      "Inside anything but list, either all values are number or string, mixed type is not supported",
    ],
  ])("%j", (rule, accepting, reason) => {
    for (const [service, dialect] of services) {
      const compile = () => compilePattern({ x: [rule] }, dialect);
      if (accepting.includes(service)) {
        expect(compile).not.toThrow();
      } else {
        expect(compile).toThrow(reason);
      }
    }
  });

  it("$or needs two alternatives everywhere", () => {
    for (const [, dialect] of services) {
      expect(() => compilePattern({ $or: [{ a: [1] }] }, dialect)).toThrow("at least 2 Objects");
      expect(compilePattern({ $or: [{ a: [1] }, { b: [2] }] }, dialect)({ b: 2 })).toBe(true);
    }
  });
});

describe("a compiled pattern", () => {
  /** Each operator, written a second time in the simplest way. */
  const reference: Record<string, (value: unknown, operand: never) => boolean> = {
    prefix: (value, operand: string) =>
      typeof value === "string" && value.slice(0, operand.length) === operand,
    suffix: (value, operand: string) =>
      typeof value === "string" && (operand === "" || value.slice(-operand.length) === operand),
    "anything-but": (value, operand: unknown[]) =>
      value !== undefined && operand.every((each) => each !== value),
    exists: (value, operand: boolean) => (value !== undefined) === operand,
  };

  it("matches as the reference does, for any rules and values", () => {
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
        const [xHolds, yHolds] = [
          x.some((each) => holds(each, value.x)),
          y.some((each) => holds(each, value.y)),
        ];
        expect(compilePattern({ x, y }, filterPolicy)(value)).toBe(xHolds && yHolds);
        expect(compilePattern({ $or: [{ x }, { y }] }, filterPolicy)(value)).toBe(xHolds || yHolds);
      }),
      { numRuns: 500 },
    );
  });
});
