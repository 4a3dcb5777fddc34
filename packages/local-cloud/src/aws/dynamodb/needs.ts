import { AwsError } from "../../base/service.ts";
import type { Access } from "../iam/index.ts";
import type { Item } from "./client.ts";
import { partitionOf } from "./key-condition.ts";
import type { Table } from "./tables.ts";

/** A permission that a request needs, and the table that it is needed on. */
export interface Need {
  /** Without the prefix: `PutItem`. */
  readonly action: string;
  readonly tableName: string;
  readonly index?: string;
  readonly context: Context;
}

type Context = NonNullable<Access["context"]>;
type Find = (tableName: string) => Table | undefined;

const onOneTable = new Set(["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"]);

/** The actions of the parts of a transaction. Only ConditionCheck has an action of its own. */
const parts: Readonly<Record<string, string>> = {
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};

/**
 * The permissions that a data operation needs: one for each part of a transaction, one for each table of a batch.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function needsOf(operation: string, input: Item, find: Find): Need[] {
  if (onOneTable.has(operation)) {
    return [needOf(operation, input, find)];
  }
  if (operation === "BatchGetItem" || operation === "BatchWriteItem") {
    return Object.entries(object(input["RequestItems"], "RequestItems")).map(([tableName, requests]) => ({
      action: operation,
      tableName,
      context: { ...commonContext(input), ...leadingKeys(find(tableName)?.hashKey, batchKeys(requests)) },
    }));
  }
  return list(input["TransactItems"]).flatMap((part) =>
    Object.entries(part).map(([kind, request]) => {
      const action = parts[kind];
      if (action === undefined) {
        throw invalid(`unknown part of a transaction: ${kind}`);
      }
      const need = needOf(action, object(request, kind), find);
      return { ...need, context: { ...need.context, "dynamodb:enclosingoperation": operation } };
    }),
  );
}

/** Names of the tables that an operation writes to if it succeeds. */
export function tablesWritten(operation: string, needs: readonly Need[]): string[] {
  if (!/^(?:Put|Update|Delete|BatchWrite|TransactWrite)Items?$/.test(operation)) {
    return [];
  }
  return [
    ...new Set(
      needs.filter(({ action }) => action !== "ConditionCheckItem").map(({ tableName }) => tableName),
    ),
  ];
}

function needOf(action: string, input: Item, find: Find): Need {
  const tableName = input["TableName"];
  if (typeof tableName !== "string") {
    throw invalid("TableName is missing");
  }
  const index = typeof input["IndexName"] === "string" ? input["IndexName"] : undefined;
  const table = find(tableName);
  const hashKey = index === undefined ? table?.hashKey : table?.indexHashKeys.get(index);
  const query = action === "Query" && hashKey !== undefined;
  const keys = query ? [{ [hashKey]: partitionOf(input, hashKey) }] : [input["Key"] ?? input["Item"]];
  const context = { ...commonContext(input), ...leadingKeys(hashKey, keys) };
  return { action, tableName, ...(index !== undefined && { index }), context };
}

function batchKeys(requests: unknown): unknown[] {
  if (!Array.isArray(requests)) {
    return list(object(requests, "RequestItems")["Keys"]);
  }
  return list(requests).map((request) => {
    const { PutRequest, DeleteRequest } = request as { PutRequest?: Item; DeleteRequest?: Item };
    return PutRequest?.["Item"] ?? DeleteRequest?.["Key"];
  });
}

/** `dynamodb:LeadingKeys`: the partition keys that the request touches. */
function leadingKeys(hashKey: string | undefined, keys: readonly unknown[]): Context {
  if (hashKey === undefined) {
    return {};
  }
  const values = keys.flatMap((key) => Object.values(((key ?? {}) as Item)[hashKey] ?? {}).map(String));
  return values.length === 0 ? {} : { "dynamodb:leadingkeys": values };
}

function commonContext(input: Item): Context {
  const context: Record<string, string> = {};
  for (const name of ["Select", "ReturnValues", "ReturnConsumedCapacity"]) {
    const value = input[name];
    if (typeof value === "string") {
      context[`dynamodb:${name.toLowerCase()}`] = value;
    }
  }
  return context;
}

function object(value: unknown, what: string): Item {
  if (typeof value === "object" && value !== null) {
    return value as Item;
  }
  throw invalid(`${what} is missing`);
}

function list(value: unknown): Item[] {
  if (Array.isArray(value)) {
    return value.map((one) => object(one, "an element"));
  }
  throw invalid("a list of requests is missing");
}

function invalid(reason: string): AwsError {
  return new AwsError("ValidationException", `1 validation error detected: ${reason}`);
}
