import { isObject } from "../../base/checks.ts";
import { type Filter, invalidPattern, unescaped } from "./syntax.ts";

type Condition = (fields: unknown) => boolean;

const selector = /\$(?:\.[\w-]+|\[\d+\])+/;
const token = new RegExp(
  `\\s*(?:(${selector.source}|"(?:[^"\\\\]|\\\\.)*"|&&|\\|\\||!=|<=|>=|[=<>()]|[\\w.*:/@+-]+)|$)`,
  "y",
);

/**
 * Conditions on the fields of a line of JSON, joined by && (which binds more closely) and ||. A condition on a field
 * that is not there does not hold, unless it is NOT EXISTS. That a comparison by != does not hold then is a guess.
 */
export function compileFields(text: string): Filter {
  const tokens = tokensIn(text);
  const condition = either(tokens);
  if (tokens.length > 0) {
    throw unexpected(tokens[0]);
  }
  return (line) => {
    const fields = objectIn(line);
    return fields !== undefined && condition(fields);
  };
}

function tokensIn(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [found, one] = token.exec(text) ?? [];
    if (found === undefined) {
      throw unexpected(text.slice(at).trim());
    }
    tokens.push(...(one === undefined ? [] : [one]));
  }
  return tokens;
}

const unexpected = (at = "its end") => invalidPattern(`it is not supported locally at '${at}'`);

function either(tokens: string[]): Condition {
  const conditions = joined(tokens, "||", both);
  return (fields) => conditions.some((condition) => condition(fields));
}

function both(tokens: string[]): Condition {
  const conditions = joined(tokens, "&&", single);
  return (fields) => conditions.every((condition) => condition(fields));
}

function joined(tokens: string[], operator: string, next: (tokens: string[]) => Condition): Condition[] {
  const conditions = [next(tokens)];
  while (tokens[0] === operator) {
    tokens.shift();
    conditions.push(next(tokens));
  }
  return conditions;
}

function single(tokens: string[]): Condition {
  const first = tokens.shift();
  if (first === "(") {
    const inner = either(tokens);
    const close = tokens.shift();
    if (close !== ")") {
      throw unexpected(close);
    }
    return inner;
  }
  if (first === undefined || !first.startsWith("$")) {
    throw unexpected(first);
  }
  const holds = comparison(tokens);
  const path = first.match(/[\w-]+/g) ?? [];
  return (fields) => holds(path.reduce(memberOf, fields));
}

const memberOf = (value: unknown, key: string): unknown =>
  (isObject(value) || Array.isArray(value)) && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;

/** What is asked of the value of a field; undefined is a field that is not there. */
type Asked = (value: unknown) => boolean;

const states: Readonly<Record<string, Asked>> = {
  "IS NULL": (value) => value === null,
  "IS TRUE": (value) => value === true,
  "IS FALSE": (value) => value === false,
  "NOT EXISTS": (value) => value === undefined,
};

function comparison(tokens: string[]): Asked {
  const operator = tokens.shift();
  const operand = tokens.shift();
  if (operator === undefined || operand === undefined) {
    throw unexpected();
  }
  const state = states[`${operator} ${operand}`];
  if (state) {
    return state;
  }
  const compare = Object.hasOwn(numeric, operator) ? numeric[operator] : undefined;
  if (!compare || /^[$&|=!<>()]/.test(operand)) {
    throw unexpected(compare ? operand : operator);
  }
  if (/^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(operand)) {
    return (value) => typeof value === "number" && compare(value, Number(operand));
  }
  if (operator !== "=" && operator !== "!=") {
    throw invalidPattern(`${operator} compares numbers, not '${operand}'`);
  }
  const isLike = textLike(operand);
  return (value) => typeof value === "string" && isLike(value) === (operator === "=");
}

const numeric: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  "=": (one, other) => one === other,
  "!=": (one, other) => one !== other,
  "<": (one, other) => one < other,
  ">": (one, other) => one > other,
  "<=": (one, other) => one <= other,
  ">=": (one, other) => one >= other,
};

/** A text, quoted or not, in which * stands for any characters. Not a RegExp, which many wildcards would keep busy. */
function textLike(operand: string): (value: string) => boolean {
  const text = operand.startsWith('"') ? unescaped(operand.slice(1, -1)) : operand;
  const [start = "", ...others] = text.split("*");
  const end = others.pop();
  if (end === undefined) {
    return (value) => value === text;
  }
  return (value) => {
    const to = value.length - end.length;
    let at = start.length;
    for (const part of others) {
      const found = value.indexOf(part, at);
      at = found < 0 ? Infinity : found + part.length;
    }
    return at <= to && value.startsWith(start) && value.endsWith(end);
  };
}

function objectIn(line: string): unknown {
  if (!/^\s*[{[]/.test(line)) {
    return undefined;
  }
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
