import { BlockList, isIP, isIPv4 } from "node:net";
import { anythingBut } from "./anything-but.ts";
import type { Dialect } from "./dialects.ts";
import { numeric } from "./numeric.ts";
import { isObject } from "../../base/checks.ts";
import { PatternError, type Rule, type Test } from "./rule.ts";
import { affix, compileWildcard, ignoringCase, onText, textual } from "./text.ts";

export function compileRule(rule: unknown, dialect: Dialect): Rule {
  if (Array.isArray(rule)) {
    throw new PatternError("Match value must be String, number, true, false, or null");
  }
  if (!isObject(rule)) {
    return { holds: (value) => value === rule };
  }
  const [entry, ...more] = Object.entries(rule);
  if (entry === undefined) {
    throw new PatternError("Match expression name not found");
  }
  const compiled = compileExpression(...entry, dialect);
  if (more.length > 0) {
    throw new PatternError("Only one key allowed in match expression");
  }
  return compiled;
}

function compileExpression(type: string, operand: unknown, dialect: Dialect): Rule {
  if (type === "exists") {
    if (typeof operand !== "boolean") {
      throw new PatternError("exists match pattern must be either true or false.");
    }
    return operand ? { holds: () => true } : { absent: true, holds: () => false };
  }
  const compile = dialect.operators.includes(type) ? operators[type] : undefined;
  if (compile === undefined) {
    throw new PatternError(`Unrecognized match type ${type}`);
  }
  return { holds: compile(operand, dialect) };
}

const operators: Readonly<Record<string, (operand: unknown, dialect: Dialect) => Test>> = {
  exactly: (operand) => textual(operand, "exact", (wanted) => (text) => text === wanted),
  prefix: (operand, dialect) => affix(operand, "prefix", dialect),
  suffix: (operand, dialect) => affix(operand, "suffix", dialect),
  "equals-ignore-case": (operand) => textual(operand, "equals-ignore-case", ignoringCase),
  wildcard: (operand) => textual(operand, "wildcard", compileWildcard),
  "anything-but": anythingBut,
  numeric,
  cidr,
};

/** Names that a field inside `$or` must not have. */
export const reserved: ReadonlySet<string> = new Set([
  ...Object.keys(operators),
  ...["exists", "=", "<", "<=", ">", ">=", "regex"],
]);

function cidr(operand: unknown): Test {
  if (typeof operand !== "string") {
    // AWS says prefix here too.
    throw new PatternError("prefix match pattern must be a string");
  }
  const [address = "", bits, ...more] = operand.split("/");
  if (bits === undefined || more.length > 0) {
    throw new PatternError("Malformed CIDR, one '/' required");
  }
  if (!/^-?\d+$/.test(bits)) {
    throw new PatternError("Malformed CIDR, mask bits must be an integer");
  }
  if (Number(bits) < 0) {
    throw new PatternError("Malformed CIDR, mask bits must not be negative");
  }
  if (isIP(address) === 0) {
    throw new PatternError(`Nonstandard IP address: ${address}`);
  }
  const isV4 = isIPv4(address);
  if (Number(bits) >= (isV4 ? 32 : 128)) {
    throw new PatternError(isV4 ? "IPv4 mask bits must be < 32" : "IPv6 mask bits must be < 128");
  }
  const family = isV4 ? "ipv4" : "ipv6";
  const range = new BlockList();
  range.addSubnet(address, Number(bits), family);
  return onText((text) => isIP(text) === (isV4 ? 4 : 6) && range.check(text, family));
}
