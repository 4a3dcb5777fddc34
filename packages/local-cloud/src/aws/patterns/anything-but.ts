import type { Dialect } from "./dialects.ts";
import { isObject } from "../../base/checks.ts";
import { PatternError, type Test } from "./rule.ts";
import { compileWildcard, ignoringCase, onText, type TextTest } from "./text.ts";

export function anythingBut(operand: unknown, dialect: Dialect): Test {
  if (isObject(operand)) {
    return anythingButExpression(operand, dialect);
  }
  if (!Array.isArray(operand)) {
    if (typeof operand !== "string" && typeof operand !== "number") {
      throw new PatternError("Value of anything-but must be an array or single string/number value.");
    }
    return (value) => value !== operand;
  }
  if (!dialect.mixedExclusions) {
    requireOneType(operand);
  }
  const excluded = new Set<unknown>(operand);
  return (value) => !excluded.has(value);
}

function requireOneType(values: readonly unknown[]): void {
  const types = new Set(values.map((each) => typeof each));
  if ([...types].some((type) => type !== "string" && type !== "number")) {
    throw new PatternError("Inside anything but list, start|null|boolean is not supported.");
  }
  if (types.size !== 1) {
    throw new PatternError(
      "Inside anything but list, either all values are number or string, mixed type is not supported",
    );
  }
}

const exclusions: Readonly<
  Record<string, readonly [wrongType: string, compile: (text: string) => TextTest]>
> = {
  prefix: ["prefix/suffix match pattern must be a string", (wanted) => (text) => text.startsWith(wanted)],
  suffix: ["prefix/suffix match pattern must be a string", (wanted) => (text) => text.endsWith(wanted)],
  wildcard: ["wildcard match pattern must be a string", compileWildcard],
  "equals-ignore-case": [
    "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
    ignoringCase,
  ],
};

function anythingButExpression(operand: Readonly<Record<string, unknown>>, dialect: Dialect): Test {
  const [entry, ...more] = Object.entries(operand);
  if (entry === undefined) {
    throw new PatternError("Anything-But expression name not found");
  }
  const [type, inner] = entry;
  const exclusion = dialect.exclusions.includes(type) ? exclusions[type] : undefined;
  if (exclusion === undefined) {
    throw new PatternError(`Unsupported anything-but pattern: ${type}`);
  }
  if (!Array.isArray(inner) && typeof inner !== "string" && typeof inner !== "number") {
    throw new PatternError("Value of anything-but must be an array or single string/number value.");
  }
  const [wrongType, compile] = exclusion;
  const tests = (Array.isArray(inner) ? (inner as unknown[]) : [inner]).map((wanted) => {
    if (typeof wanted !== "string") {
      throw new PatternError(wrongType);
    }
    if (wanted === "" && (type === "prefix" || type === "suffix")) {
      throw new PatternError("Null prefix/suffix not allowed");
    }
    return onText(compile(wanted));
  });
  if (more.length > 0) {
    throw new PatternError("Too many elements in numeric expression");
  }
  return (value) => !tests.some((test) => test(value));
}
