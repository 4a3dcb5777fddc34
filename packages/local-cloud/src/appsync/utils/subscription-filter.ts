import { isMap } from "./dynamodb-values.ts";

/** AppSync's form of a subscription filter: one group must match, with all its filters. */
export interface SubscriptionFilter {
  readonly filterGroup: readonly { readonly filters: readonly Filter[] }[];
}

interface Filter {
  readonly fieldName: string;
  readonly operator: string;
  readonly value: unknown;
}

/**
 * `util.transform.toSubscriptionFilter`. Operators of one field, members of an `or`, and rules are alternatives, so that
 * the groups are multiplied out. As on AWS, operators are not checked, and `not` is a field. Null for other than a map.
 */
export function toSubscriptionFilter(
  filter: unknown,
  ignoredFields: readonly string[] = [],
  rules: unknown = {},
): SubscriptionFilter | null {
  if (!isMap(filter)) {
    return null;
  }
  const alternatives = product([allOf(filter, new Set(ignoredFields)), anyRule(rules)]);
  return {
    filterGroup: alternatives.filter((filters) => filters.length > 0).map((filters) => ({ filters })),
  };
}

type Alternatives = readonly (readonly Filter[])[];

const ANYTHING: Alternatives = [[]];

function allOf(filter: unknown, ignored: ReadonlySet<string>): Alternatives {
  if (!isMap(filter)) {
    return ANYTHING;
  }
  return product(
    Object.entries(filter).map(([name, value]) => {
      if ((name === "and" || name === "or") && Array.isArray(value)) {
        const members = value.map((member) => allOf(member, ignored));
        return name === "and" ? product(members) : anyOf(members);
      }
      return ignored.has(name) ? ANYTHING : anyOperator(name, value);
    }),
  );
}

function anyRule(rules: unknown): Alternatives {
  return isMap(rules)
    ? anyOf(Object.entries(rules).map(([name, value]) => anyOperator(name, value)))
    : ANYTHING;
}

function anyOperator(fieldName: string, operators: unknown): Alternatives {
  if (!isMap(operators)) {
    return ANYTHING;
  }
  return anyOf(Object.entries(operators).map(([operator, value]) => [[{ fieldName, operator, value }]]));
}

/** A part without conditions (an ignored field) is not an alternative, unless it is the only one. */
function anyOf(parts: readonly Alternatives[]): Alternatives {
  const asking = parts.flat().filter((filters) => filters.length > 0);
  return asking.length === 0 ? ANYTHING : asking;
}

function product(parts: readonly Alternatives[]): Alternatives {
  return parts.reduce(
    (groups, part) => groups.flatMap((group) => part.map((filters) => [...group, ...filters])),
    ANYTHING,
  );
}
