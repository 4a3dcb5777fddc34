import { type AttributeValue, isMap, toDynamoDB } from "./dynamodb-values.ts";
import type { Expression } from "./filter-expression.ts";
import { UtilityFault } from "./signals.ts";

/** `operations` of `@aws-appsync/utils/dynamodb`: markers that `update` turns into an update expression. */
export const operations = {
  add: (value: unknown) => ({ type: "OPERATION_ADD", value }),
  remove: () => ({ type: "OPERATION_REMOVE" }),
  replace: (value: unknown) => ({ type: "OPERATION_REPLACE", value }),
  increment: (by?: number) => ({ type: "OPERATION_INCREMENT", by }),
  decrement: (by?: number) => ({ type: "OPERATION_DECREMENT", by }),
  append: (items: readonly unknown[]) => ({ type: "OPERATION_APPEND", items }),
  prepend: (items: readonly unknown[]) => ({ type: "OPERATION_PREPEND", items }),
  updateListItem: (value: unknown, index: number) => ({ type: "OPERATION_UPDATE_LIST_ITEM", value, index }),
};

/**
 * One SET clause, then one REMOVE clause. Names and values are numbered in the order of the output, and an attribute has
 * one name. A value without an operation, null included, sets the attribute.
 */
export function updateExpression(update: unknown): Expression {
  if (!isMap(update)) {
    throw new UtilityFault("update needs a map of attributes to values or operations");
  }
  const sets: Change[] = [];
  const removes: Change[] = [];
  for (const [attribute, value] of Object.entries(update)) {
    if (value === undefined) {
      continue;
    }
    const changes = listItems(value) ?? [value];
    for (const change of changes) {
      const operation = asOperation(change);
      (operation.type === "OPERATION_REMOVE" ? removes : sets).push({ attribute, operation });
    }
  }
  return write(sets, removes);
}

interface Operation {
  readonly type: string;
  readonly value?: unknown;
  readonly items?: unknown;
  readonly by?: unknown;
  readonly index?: unknown;
}

interface Change {
  readonly attribute: string;
  readonly operation: Operation;
}

function write(sets: readonly Change[], removes: readonly Change[]): Expression {
  const names = new Map<string, string>();
  const values: Record<string, AttributeValue> = {};
  const name = (attribute: string) => {
    const known = names.get(attribute) ?? `#expName_${names.size + 1}`;
    names.set(attribute, known);
    return known;
  };
  const bind = (value: unknown) => {
    const placeholder = `:expValue_${Object.keys(values).length + 1}`;
    values[placeholder] = toDynamoDB(value);
    return placeholder;
  };
  const clauses = [
    clause(
      "SET",
      sets.map(({ attribute, operation }) => assignment(name(attribute), operation, bind)),
    ),
    clause(
      "REMOVE",
      removes.map(({ attribute }) => name(attribute)),
    ),
  ];
  return {
    expression: clauses.filter((text) => text !== "").join(" "),
    expressionNames: Object.fromEntries(
      [...names].map(([attribute, placeholder]) => [placeholder, attribute]),
    ),
    expressionValues: values,
  };
}

function assignment(name: string, operation: Operation, bind: (value: unknown) => string): string {
  switch (operation.type) {
    case "OPERATION_ADD":
    case "OPERATION_REPLACE":
      return `${name} = ${bind(operation.value)}`;
    case "OPERATION_INCREMENT":
      return `${name} = ${name} + ${bind(operation.by ?? 1)}`;
    case "OPERATION_DECREMENT":
      return `${name} = ${name} - ${bind(operation.by ?? 1)}`;
    case "OPERATION_APPEND":
      return `${name} = list_append(${name}, ${bind(operation.items)})`;
    case "OPERATION_PREPEND":
      return `${name} = list_append(${bind(operation.items)}, ${name})`;
    case "OPERATION_UPDATE_LIST_ITEM":
      return `${name}[${index(operation.index)}] = ${bind(operation.value)}`;
    default:
      throw new UtilityFault(`update has no operation ${operation.type}`);
  }
}

function index(value: unknown): number {
  if (!Number.isInteger(value)) {
    throw new UtilityFault("updateListItem needs a whole number as index");
  }
  return value as number;
}

function clause(keyword: string, parts: readonly string[]): string {
  return parts.length === 0 ? "" : `${keyword} ${parts.join(", ")}`;
}

function asOperation(value: unknown): Operation {
  return isOperation(value) ? value : { type: "OPERATION_REPLACE", value };
}

function listItems(value: unknown): readonly Operation[] | undefined {
  if (!Array.isArray(value) || value.length === 0) {
    return undefined;
  }
  const isItem = (item: unknown) => isOperation(item) && item.type === "OPERATION_UPDATE_LIST_ITEM";
  return value.every(isItem) ? (value as readonly Operation[]) : undefined;
}

function isOperation(value: unknown): value is Operation {
  return isMap(value) && typeof value["type"] === "string" && value["type"].startsWith("OPERATION_");
}
