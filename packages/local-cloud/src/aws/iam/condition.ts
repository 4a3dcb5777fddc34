import { BlockList, isIP } from "node:net";
import { compileArnPattern, compilePattern, type Context, type Matcher } from "./match.ts";

export type Condition = (context: Context) => boolean;

/**
 * Compiles one `Condition` element. Keys within it are joined by AND, values of a key by OR, as in
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 * Throws a plain Error that names an operator, key or value it does not know; the caller adds the policy's name.
 */
export function compileCondition(element: unknown, variables: boolean): Condition {
  const tests: Condition[] = [];
  for (const [operator, block] of entries(element, "Condition")) {
    for (const [key, values] of entries(block, operator)) {
      tests.push(compileTest(operator, key.toLowerCase(), scalars(values, `${operator} ${key}`), variables));
    }
  }
  return (context) => tests.every((test) => test(context));
}

/** Keys that AWS supplies and nothing here does. A condition on one is refused, because it would differ from AWS. */
const unsupplied = new Set([
  ...["aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:referer"],
  ...["aws:tokenissuetime", "aws:useragent"],
  ...["dynamodb:attributes", "dynamodb:fulltablescan", "lambda:sourcefunctionarn"],
]);

type Compile = (value: string, variables: boolean) => Matcher;

interface Operator {
  readonly compile: Compile;
  readonly negated: boolean;
}

const string = (wildcards: boolean, ignoreCase: boolean): Compile => {
  return (value, variables) => compilePattern(value, { variables, wildcards, ignoreCase });
};

function comparing(parse: (text: string) => number, holds: (a: number, b: number) => boolean): Compile {
  return (value) => {
    const bound = parse(value);
    if (Number.isNaN(bound)) {
      throw new Error(`value ${JSON.stringify(value)} cannot be compared`);
    }
    return (actual) => holds(parse(actual), bound);
  };
}

const number = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));
const date = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const operators = new Map<string, Operator>([
  ["StringEquals", { compile: string(false, false), negated: false }],
  ["StringNotEquals", { compile: string(false, false), negated: true }],
  ["StringEqualsIgnoreCase", { compile: string(false, true), negated: false }],
  ["StringNotEqualsIgnoreCase", { compile: string(false, true), negated: true }],
  ["StringLike", { compile: string(true, false), negated: false }],
  ["StringNotLike", { compile: string(true, false), negated: true }],
  ["Bool", { compile: string(false, true), negated: false }],
  ["BinaryEquals", { compile: string(false, false), negated: false }],
  ["IpAddress", { compile: ipAddress, negated: false }],
  ["NotIpAddress", { compile: ipAddress, negated: true }],
  ...["ArnEquals", "ArnLike"].map((name) => [name, { compile: compileArnPattern, negated: false }] as const),
  ...["ArnNotEquals", "ArnNotLike"].map(
    (name) => [name, { compile: compileArnPattern, negated: true }] as const,
  ),
  ...comparisons("Numeric", number),
  ...comparisons("Date", date),
]);

function comparisons(family: string, parse: (text: string) => number): [string, Operator][] {
  const equal = comparing(parse, (a, b) => a === b);
  return [
    [`${family}Equals`, { compile: equal, negated: false }],
    [`${family}NotEquals`, { compile: equal, negated: true }],
    [`${family}LessThan`, { compile: comparing(parse, (a, b) => a < b), negated: false }],
    [`${family}LessThanEquals`, { compile: comparing(parse, (a, b) => a <= b), negated: false }],
    [`${family}GreaterThan`, { compile: comparing(parse, (a, b) => a > b), negated: false }],
    [`${family}GreaterThanEquals`, { compile: comparing(parse, (a, b) => a >= b), negated: false }],
  ];
}

function ipAddress(range: string): Matcher {
  const [address = "", bits] = range.split("/");
  const family = isIP(address);
  const prefix = bits === undefined ? (family === 6 ? 128 : 32) : Number(bits);
  if (family === 0 || !Number.isInteger(prefix)) {
    throw new Error(`value ${JSON.stringify(range)} is no IP range`);
  }
  const list = new BlockList();
  list.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
  return (actual) => isIP(actual) !== 0 && list.check(actual, isIP(actual) === 6 ? "ipv6" : "ipv4");
}

function compileTest(name: string, key: string, values: readonly string[], variables: boolean): Condition {
  if (unsupplied.has(key)) {
    throw new Error(`condition key ${JSON.stringify(key)} is not supported`);
  }
  if (name === "Null") {
    return isNull(key, values);
  }
  const [, set = "", base = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const operator = operators.get(base);
  if (operator === undefined) {
    throw new Error(`unknown condition operator ${JSON.stringify(name)}`);
  }
  const matchers = values.map((value) => operator.compile(value, variables));
  const fits = (actual: string, context: Context) =>
    matchers.some((matcher) => matcher(actual, context)) !== operator.negated;
  return (context) => {
    const actual = context[key];
    if (actual === undefined || actual.length === 0) {
      return set === "ForAllValues" || ifExists !== undefined || (operator.negated && set === "");
    }
    if (typeof actual === "string") {
      return fits(actual, context);
    }
    if (set === "ForAllValues" || (set === "" && operator.negated)) {
      return actual.every((one) => fits(one, context));
    }
    return actual.some((one) => fits(one, context));
  };
}

function isNull(key: string, values: readonly string[]): Condition {
  if (!values.every((value) => value === "true" || value === "false")) {
    throw new Error(`Null takes "true" or "false", not ${JSON.stringify(values)}`);
  }
  return (context) => values.includes(context[key] === undefined ? "true" : "false");
}

function entries(value: unknown, what: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${what} must be an object`);
  }
  return Object.entries(value);
}

function scalars(value: unknown, what: string): string[] {
  return (Array.isArray(value) ? value : [value]).map((one: unknown) => {
    if (typeof one === "string" || typeof one === "number" || typeof one === "boolean") {
      return String(one);
    }
    throw new Error(`${what}: ${JSON.stringify(one)} is no string, number or boolean`);
  });
}
