import type { Dialect } from "./dialects.ts";
import { isObject } from "../../base/checks.ts";
import { PatternError, type Test } from "./rule.ts";

export type TextTest = (text: string) => boolean;

export const onText =
  (test: TextTest): Test =>
  (value) =>
    typeof value === "string" && test(value);

export function textual(operand: unknown, name: string, compile: (wanted: string) => TextTest): Test {
  if (typeof operand !== "string") {
    throw new PatternError(`${name} match pattern must be a string`);
  }
  return onText(compile(operand));
}

export const ignoringCase =
  (wanted: string): TextTest =>
  (text) =>
    text.toLowerCase() === wanted.toLowerCase();

const affixes = {
  prefix: (text: string, wanted: string) => text.startsWith(wanted),
  suffix: (text: string, wanted: string) => text.endsWith(wanted),
};

export function affix(operand: unknown, name: keyof typeof affixes, { affixesIgnoringCase }: Dialect): Test {
  const has = affixes[name];
  if (!isObject(operand) || !affixesIgnoringCase) {
    return textual(operand, name, (wanted) => (text) => has(text, wanted));
  }
  const [operator, inner] = Object.entries(operand)[0] ?? [];
  if (operator === undefined) {
    throw new PatternError(`${name === "prefix" ? "Prefix" : "Suffix"} expression name not found`);
  }
  if (operator !== "equals-ignore-case") {
    throw new PatternError(`Unsupported ${name} pattern: ${operator}`);
  }
  return textual(inner, operator, (wanted) => (text) => has(text.toLowerCase(), wanted.toLowerCase()));
}

/** `*` matches any text, and `\*` matches `*`. It searches the parts in order, without backtracking. */
export function compileWildcard(wanted: string): TextTest {
  const parts = [""];
  for (let at = 0; at < wanted.length; at++) {
    const character = wanted.charAt(at);
    const next = wanted.charAt(at + 1);
    if (character === "*") {
      if (next === "*") {
        throw new PatternError(`Consecutive wildcard characters at pos ${at + 1}`);
      }
      parts.push("");
      continue;
    }
    if (character === "\\") {
      if (next !== "*" && next !== "\\") {
        throw new PatternError(`Invalid escape character at pos ${at + 1}`);
      }
      at += 1;
    }
    parts.push(`${parts.pop() ?? ""}${wanted.charAt(at)}`);
  }
  const [first = "", ...others] = parts;
  const last = others.pop();
  return (text) => {
    if (last === undefined) {
      return text === first;
    }
    const end = text.length - last.length;
    let from = first.length;
    for (const part of others) {
      const found = text.indexOf(part, from);
      if (found < 0) {
        return false;
      }
      from = found + part.length;
    }
    return text.startsWith(first) && text.endsWith(last) && from <= end;
  };
}
