import { PatternError, type Test } from "./rule.ts";

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

/** One comparison, or a lower bound followed by an upper bound. */
export function numeric(operand: unknown): Test {
  if (!Array.isArray(operand)) {
    throw new PatternError("Value of numeric must be an array.");
  }
  const [operator, bottom, upper, top] = operand as unknown[];
  const first = comparison(operand, 0, Object.keys(comparisons), "Unrecognized numeric range operator");
  if (operand.length === 2) {
    return first;
  }
  if (operator !== ">" && operator !== ">=") {
    throw new PatternError("Too many elements in numeric expression");
  }
  if (typeof upper !== "string") {
    throw new PatternError(`Bad value in numeric range: ${String(upper)}`);
  }
  const second = comparison(operand, 2, ["<", "<="], "Bad numeric range operator");
  if (Number(bottom) >= Number(top)) {
    throw new PatternError("Bottom must be less than top");
  }
  if (operand.length > 4) {
    throw new PatternError("Too many terms in numeric range expression");
  }
  return (value) => first(value) && second(value);
}

function comparison(operand: readonly unknown[], at: number, known: readonly string[], why: string): Test {
  const operator = operand[at];
  const bound = operand[at + 1];
  if (typeof operator !== "string") {
    throw new PatternError(`Invalid member in numeric match: ${JSON.stringify(operator)}`);
  }
  const compare = known.includes(operator) ? comparisons[operator] : undefined;
  if (compare === undefined) {
    throw new PatternError(`${why}: ${operator}`);
  }
  if (typeof bound !== "number") {
    throw new PatternError(`Value of ${operator === "=" ? "equals" : operator} must be numeric`);
  }
  return (value) => typeof value === "number" && compare(value, bound);
}
