import { isDeepStrictEqual } from "node:util";
import { badRequest } from "../refusal.ts";

/** True if a payload matches a subscription. */
export type Filter = (payload: unknown) => boolean;

type Fields = Readonly<Record<string, unknown>>;

/** Each argument must equal the field of its name, null included. An omitted argument filters nothing. */
export function argumentFilter(args: Fields): Filter {
  const wanted = Object.entries(args).filter(([, value]) => value !== undefined);
  return (payload) => wanted.every(([name, value]) => isDeepStrictEqual(read(payload, name) ?? null, value));
}

/**
 * The filter of `extensions.setSubscriptionFilter`: one group must match, with all its filters.
 * Throws `Refusal` for a filter that AppSync refuses.
 */
export function enhancedFilter(filter: unknown): Filter {
  const groups = list(fields(parsed(filter)), "filterGroup").map((group) =>
    list(fields(group), "filters").map(fields),
  );
  const names = new Set(groups.flat().map(({ fieldName }) => fieldName));
  if (names.size > 5) {
    throw badRequest("Filters exceed maximum attributes limit 5 for subscription.");
  }
  if (groups.length > 10) {
    throw badRequest("Filters exceed maximum groups limit 10 for subscription.");
  }
  const rules = groups.map((group) => group.map(rule));
  return (payload) => rules.some((group) => group.every((holds) => holds(payload)));
}

/** `toSubscriptionFilter` may give its result as JSON text. */
function parsed(filter: unknown): unknown {
  try {
    return typeof filter === "string" ? JSON.parse(filter) : filter;
  } catch {
    throw badRequest("The subscription filter is not valid.");
  }
}

function rule({ fieldName, operator, value }: Fields): Filter {
  if (typeof fieldName !== "string" || fieldName.split(".").length > 5) {
    throw badRequest("A filter's fieldName is a path of at most 5 levels.");
  }
  const test =
    typeof operator === "string" && Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (!test) {
    throw badRequest(`Unsupported subscription filter operator ${String(operator)}.`);
  }
  check(String(operator), value);
  return (payload) => {
    const found = read(payload, fieldName) ?? null;
    // An absent field is null. Only a comparison with null is true of it.
    if (found === null || value === null) {
      return nullTests[String(operator)]?.(found, value) ?? false;
    }
    return test(found, value);
  };
}

type Test = (found: unknown, value: unknown) => boolean;

const operators: Readonly<Record<string, Test>> = {
  eq: (found, value) => found === value,
  ne: (found, value) => found !== value,
  le: (found, value) => order(found, value) <= 0,
  lt: (found, value) => order(found, value) < 0,
  ge: (found, value) => order(found, value) >= 0,
  gt: (found, value) => order(found, value) > 0,
  contains: (found, value) => includes(found, value),
  notContains: (found, value) => !includes(found, value),
  beginsWith: (found, value) => typeof found === "string" && found.startsWith(String(value)),
  in: (found, value) => (value as unknown[]).includes(found),
  notIn: (found, value) => !(value as unknown[]).includes(found),
  between: (found, value) => {
    const [low, high] = value as unknown[];
    return order(found, low) >= 0 && order(found, high) <= 0;
  },
  containsAny: (found, value) => (value as unknown[]).some((one) => includes(found, one)),
};

const nullTests: Readonly<Record<string, Test>> = {
  eq: (found, value) => found === value,
  ne: (found, value) => value === null && found !== null,
};

/** The number of values of an operator. The 5 for `in` was measured by clients. */
const counts: Readonly<Record<string, readonly [min: number, max: number]>> = {
  in: [1, 5],
  notIn: [1, 5],
  between: [2, 2],
  containsAny: [1, 20],
};

function check(operator: string, value: unknown): void {
  const count = counts[operator];
  if (!count && (typeof value !== "object" || value === null)) {
    return;
  }
  if (!count || !Array.isArray(value)) {
    throw badRequest(`The subscription filter's value does not suit operator \`${operator}\`.`);
  }
  const [min, max] = count;
  if (value.length > max) {
    throw badRequest(`subscription exceeds maximum value limit ${max} for operator \`${operator}\`.`);
  }
  if (value.length < min) {
    throw badRequest(`subscription needs ${min} values for operator \`${operator}\`.`);
  }
}

/** Below, at or above 0; NaN unless numbers meet numbers or texts meet texts. */
function order(found: unknown, value: unknown): number {
  if (typeof found === "number" && typeof value === "number") {
    return found - value;
  }
  if (typeof found !== "string" || typeof value !== "string") {
    return NaN;
  }
  return found < value ? -1 : Number(found > value);
}

function includes(found: unknown, value: unknown): boolean {
  if (typeof found === "string") {
    return typeof value === "string" && found.includes(value);
  }
  return Array.isArray(found) && found.includes(value);
}

/** The value at a path such as `a.b.c`. A list has no fields. */
function read(payload: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, name) =>
        typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
          ? (value as Fields)[name]
          : undefined,
      payload,
    );
}

function fields(value: unknown): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Fields;
  }
  throw badRequest("The subscription filter is not valid.");
}

function list(of: Fields, name: string): readonly unknown[] {
  const value = of[name];
  if (Array.isArray(value) && value.length > 0) {
    return value;
  }
  throw badRequest(`The subscription filter has no ${name}.`);
}
