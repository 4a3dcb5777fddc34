import { type AttributeMap, type AttributeValue, isMap, toDynamoDB } from "./dynamodb-values.ts";

/** A filter or condition of a DynamoDB request. */
export interface Expression {
  readonly expression: string;
  readonly expressionNames: Readonly<Record<string, string>>;
  readonly expressionValues: AttributeMap;
}

/**
 * A filter object as a DynamoDB expression, with AWS's names: `#title`, `:or_0_title_contains`. Null where AWS gives
 * null: for an unknown operator, or a list in place of a map. Empty parts leave dangling joiners, as on AWS. Recorded
 * answers: https://github.com/localstack/appsync-utils, `__tests__/transform.test.js`.
 */
export function filterExpression(filter: unknown): Expression | null {
  const writer: Writer = { names: new Map(), values: new Map() };
  try {
    const parts = group(filter, "", writer);
    return {
      expression: parts.join(" AND "),
      expressionNames: Object.fromEntries(writer.names),
      expressionValues: Object.fromEntries(writer.values),
    };
  } catch (error) {
    if (error instanceof Unrenderable) {
      return null;
    }
    throw error;
  }
}

interface Writer {
  readonly names: Map<string, string>;
  readonly values: Map<string, AttributeValue>;
}

/** The operand of an operator: its text (`#v`, `size(#v)`) and the start of its value names (`or_0_v`). */
interface Operand {
  readonly text: string;
  readonly stem: string;
}

class Unrenderable extends Error {}

const COMPARISONS: Readonly<Record<string, string>> = {
  eq: "=",
  ne: "<>",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
};

const FUNCTIONS: Readonly<Record<string, string>> = {
  contains: "contains",
  notContains: "NOT contains",
  beginsWith: "begins_with",
};

const TYPE_CODES: Readonly<Record<string, string>> = {
  _null: "NULL",
  string: "S",
  stringSet: "SS",
  number: "N",
  numberSet: "NS",
  binary: "B",
  binarySet: "BS",
  boolean: "BOOL",
  list: "L",
  map: "M",
};

function group(filter: unknown, prefix: string, writer: Writer): string[] {
  return entries(filter).map(([name, value]) => {
    if (name === "and" || name === "or") {
      const members = list(value).map((member, index) =>
        wrap(group(member, `${prefix}${name}_${index}_`, writer), " AND "),
      );
      return wrap(members, ` ${name.toUpperCase()} `);
    }
    if (name === "not") {
      return `(NOT ${wrap(group(value, `${prefix}not_`, writer), " AND ")})`;
    }
    writer.names.set(`#${name}`, name);
    return field({ text: `#${name}`, stem: `${prefix}${name}` }, value, writer);
  });
}

function field(operand: Operand, operators: unknown, writer: Writer): string {
  const parts = entries(operators).map(([operator, value]) => {
    if (operator !== "size") {
      return `(${condition(operand, operator, value, writer)})`;
    }
    const text = operand.text.startsWith("size(") ? operand.text : `size(${operand.text})`;
    return field({ text, stem: `${operand.stem}_size` }, value, writer);
  });
  return wrap(parts, " AND ");
}

function condition({ text, stem }: Operand, operator: string, value: unknown, writer: Writer): string {
  const bind = (suffix: string, bound: unknown) => {
    const name = `:${stem}_${suffix}`;
    writer.values.set(name, toDynamoDB(bound));
    return name;
  };
  const comparison = own(COMPARISONS, operator);
  if (comparison !== undefined) {
    return `${text} ${comparison} ${bind(operator, value)}`;
  }
  const call = own(FUNCTIONS, operator);
  if (call !== undefined) {
    return `${call}(${text},${bind(operator, value)})`;
  }
  switch (operator) {
    case "between": {
      const [start, end] = list(value, 2);
      return `${text} BETWEEN ${bind("between_start", start)} AND ${bind("between_end", end)}`;
    }
    case "in": {
      const names = list(value).map((member, index) => bind(`in_${index}`, member));
      return names.length === 0 ? "null" : `${text} IN (${names.join(", ")})`;
    }
    case "attributeExists":
      if (typeof value !== "boolean") {
        throw new Unrenderable();
      }
      return `${value ? "attribute_exists" : "attribute_not_exists"}(${text})`;
    case "attributeType": {
      const code = typeof value === "string" ? own(TYPE_CODES, value) : undefined;
      if (code === undefined) {
        throw new Unrenderable();
      }
      return `attribute_type(${text},${bind(operator, code)})`;
    }
    default:
      throw new Unrenderable();
  }
}

function wrap(parts: readonly string[], joiner: string): string {
  return parts.length > 1 ? `(${parts.join(joiner)})` : parts.join(joiner);
}

function entries(value: unknown): [string, unknown][] {
  if (!isMap(value)) {
    throw new Unrenderable();
  }
  return Object.entries(value);
}

function list(value: unknown, atLeast = 0): readonly unknown[] {
  if (!Array.isArray(value) || value.length < atLeast) {
    throw new Unrenderable();
  }
  return value;
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
