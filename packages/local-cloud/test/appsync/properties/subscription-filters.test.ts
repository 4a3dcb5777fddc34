import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { argumentFilter, enhancedFilter } from "../../../src/appsync/realtime/filter.ts";
import { toSubscriptionFilter } from "../../../src/appsync/utils/subscription-filter.ts";

type Fields = Readonly<Record<string, unknown>>;

interface Rule {
  readonly fieldName: string;
  readonly operator: string;
  readonly value: unknown;
}

const names = ["a", "b", "c"];
const name = fc.constantFrom(...names);
const word = fc.constantFrom("", "a", "ab", "abc", "b");
const count = fc.integer({ min: -1, max: 3 });
const scalar = fc.oneof(word, count, fc.boolean());
const payloads = fc.letrec<{ value: unknown; payload: Fields }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(scalar, fc.constant(null), fc.array(scalar, { maxLength: 3 })),
    tie("payload"),
    tie("payload").map((one) => [one]),
  ),
  payload: fc.dictionary(name, tie("value"), { maxKeys: 3, noNullPrototype: true }),
})).payload;

const nullable = fc.oneof({ weight: 5, arbitrary: scalar }, { weight: 1, arbitrary: fc.constant(null) });
const several = fc.array(nullable, { minLength: 1, maxLength: 5 });
const operands: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  ...{ eq: nullable, ne: nullable, le: nullable, lt: nullable, ge: nullable, gt: nullable },
  ...{ contains: nullable, notContains: nullable, beginsWith: word, in: several, notIn: several },
  between: fc.tuple(scalar, scalar),
  containsAny: fc.array(scalar, { minLength: 1, maxLength: 20 }),
};
const operator = fc.oneof(
  ...Object.entries(operands).map(([operator, values]) => values.map((value) => ({ operator, value }))),
);
/** A path that exists in the payload about half of the time. */
const paths = (payload: Fields) =>
  fc.oneof(
    fc.array(name, { minLength: 1, maxLength: 5 }).map((path) => path.join(".")),
    fc.constantFrom(...pathsIn(payload), "a"),
  );
/** At most 10 groups, at most 5 fields in all. */
const cases = payloads.chain((payload) =>
  fc.uniqueArray(paths(payload), { minLength: 1, maxLength: 5 }).chain((fields) => {
    const rule = fc
      .tuple(fc.constantFrom(...fields), operator)
      .map(([fieldName, rest]): Rule => ({ fieldName, ...rest }));
    const groups = fc.array(fc.array(rule, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 10 });
    return fc.record({ payload: fc.constant(payload), groups });
  }),
);

describe("any subscription filter matches as documented", () => {
  it("by groups of rules: one group must match, with all its rules", () => {
    let passed = 0;
    fc.assert(
      fc.property(cases, ({ payload, groups }) => {
        const wanted = groups.some((rules) => rules.every((rule) => holds(rule, payload)));
        const filter = { filterGroup: groups.map((filters) => ({ filters })) };
        expect(enhancedFilter(filter)(payload)).toBe(wanted);
        expect(enhancedFilter(JSON.stringify(filter))(payload)).toBe(wanted);
        passed += Number(wanted);
      }),
      { numRuns: 5_000 },
    );
    expect(passed).toBeGreaterThan(500);
    expect(passed).toBeLessThan(4_500);
  });

  it("if util.transform.toSubscriptionFilter makes it from and, or and several operators", () => {
    const one = fc
      .tuple(name, operator)
      .map(([field, { operator, value }]) => ({ [field]: { [operator]: value } }));
    const filters = fc.letrec<{ filter: Fields }>((tie) => ({
      filter: fc.oneof(
        { maxDepth: 2 },
        one,
        fc.array(tie("filter"), { minLength: 1, maxLength: 2 }).map((and) => ({ and })),
        fc.array(tie("filter"), { minLength: 1, maxLength: 2 }).map((or) => ({ or })),
        fc.tuple(name, operator, operator).map(([field, first, second]) => ({
          [field]: { [first.operator]: first.value, [second.operator]: second.value },
        })),
      ),
    })).filter;
    fc.assert(
      fc.property(payloads, filters, (payload, filter) => {
        const groups = toSubscriptionFilter(filter);
        fc.pre((groups?.filterGroup.length ?? 0) <= 10);
        expect(enhancedFilter(groups)(payload)).toBe(means(filter, payload));
      }),
      { numRuns: 3_000 },
    );
  });

  it("by arguments, which must equal the fields of their names", () => {
    const given = fc.dictionary(name, fc.oneof(nullable, fc.constant(undefined), fc.array(scalar)), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(payloads, given, (payload, args) => {
        const wanted = names.every(
          (one) =>
            args[one] === undefined || JSON.stringify(payload[one] ?? null) === JSON.stringify(args[one]),
        );
        expect(argumentFilter(args)(payload)).toBe(wanted);
      }),
      { numRuns: 3_000 },
    );
  });
});

/** Operators of one field are alternatives, as in AppSync's documented example. Fields are not. */
function means(filter: Fields, payload: Fields): boolean {
  return Object.entries(filter).every(([name, part]) => {
    if (name === "and") {
      return (part as Fields[]).every((one) => means(one, payload));
    }
    if (name === "or") {
      return (part as Fields[]).some((one) => means(one, payload));
    }
    return Object.entries(part as Fields).some(([operator, value]) =>
      holds({ fieldName: name, operator, value }, payload),
    );
  });
}

function holds({ fieldName, operator, value }: Rule, payload: Fields): boolean {
  const found = at(payload, fieldName);
  // Null equals null and differs from other values. Other comparisons with null are false.
  if (found === null || value === null) {
    return operator === "eq" ? found === value : operator === "ne" && found !== null;
  }
  switch (operator) {
    case "eq":
      return Object.is(found, value);
    case "ne":
      return !Object.is(found, value);
    case "lt":
      return order(found, value) === "below";
    case "le":
      return ["below", "same"].includes(order(found, value));
    case "gt":
      return order(found, value) === "above";
    case "ge":
      return ["above", "same"].includes(order(found, value));
    case "between": {
      const [low, high] = value as [unknown, unknown];
      const [fromLow, fromHigh] = [order(found, low), order(found, high)];
      return /above|same/.test(fromLow) && /below|same/.test(fromHigh);
    }
    case "beginsWith":
      return typeof found === "string" && found.indexOf(value as string) === 0;
    case "contains":
      return has(found, value);
    case "notContains":
      return !has(found, value);
    case "containsAny":
      return (value as unknown[]).some((one) => has(found, one));
    case "in":
      return (value as unknown[]).indexOf(found) >= 0;
    case "notIn":
      return (value as unknown[]).indexOf(found) < 0;
    default:
      throw new Error(`no meaning is known of ${operator}`);
  }
}

/** Lists have no fields. A missing value is null. */
function at(payload: Fields, path: string): unknown {
  let value: unknown = payload;
  for (const step of path.split(".")) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      return null;
    }
    value = (value as Fields)[step] ?? null;
  }
  return value;
}

function order(found: unknown, value: unknown): string {
  const pair = [found, value];
  const numbers = pair.every((one) => typeof one === "number");
  const texts = pair.every((one) => typeof one === "string");
  if (!numbers && !texts) {
    return "no order";
  }
  if (found === value) {
    return "same";
  }
  return pair.toSorted(numbers ? (a, b) => Number(a) - Number(b) : undefined)[0] === found
    ? "below"
    : "above";
}

function has(found: unknown, value: unknown): boolean {
  if (typeof found === "string") {
    return typeof value === "string" && found.indexOf(value) >= 0;
  }
  return Array.isArray(found) && found.indexOf(value) >= 0;
}

function pathsIn(value: unknown, prefix: readonly string[] = []): string[] {
  if (value === null || typeof value !== "object" || Array.isArray(value) || prefix.length === 5) {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) => [
    [...prefix, name].join("."),
    ...pathsIn(inner, [...prefix, name]),
  ]);
}
