import { isDeepStrictEqual } from "node:util";
import { type Attributes, fromAttributes, toAttributes } from "./attributes.ts";
import type { Operation } from "./operation.ts";
import { allow, expressions, type Fields, list, optional, options, required } from "./request.ts";

/** BatchGetItem, BatchPutItem, BatchDeleteItem. Results are in the order of the request. */

export const batchGetItem: Operation = (_source, fields) => {
  allow(fields, "operation", "tables");
  const tables = required(fields, "tables");
  const keys = eachTable(tables, (_table, name) => toList(required(tables, name), "keys"));
  return {
    action: "BatchGetItem",
    input: {
      RequestItems: eachTable(tables, (_table, name) => {
        const table = required(tables, name);
        allow(table, "keys", "consistentRead", "projection");
        return {
          Keys: keys[name],
          ...options(table, { consistentRead: "ConsistentRead" }),
          ...expressions({ ProjectionExpression: optional(table, "projection") }),
        };
      }),
    },
    read: ({ Responses, UnprocessedKeys }) => ({
      data: eachTable(keys, (wanted, name) => {
        const items = (Responses as Readonly<Record<string, readonly Fields[]>> | undefined)?.[name] ?? [];
        return wanted.map((key) => fromAttributes(items.find((item) => holds(item, key))));
      }),
      unprocessedKeys: eachTable(keys, (_keys, name) => {
        const left = (UnprocessedKeys as Readonly<Record<string, { Keys: unknown[] }>> | undefined)?.[name];
        return (left?.Keys ?? []).map(fromAttributes);
      }),
    }),
  };
};

export const batchPutItem: Operation = batchWrite("PutRequest", "Item", "unprocessedItems");
export const batchDeleteItem: Operation = batchWrite("DeleteRequest", "Key", "unprocessedKeys");

function batchWrite(
  request: "PutRequest" | "DeleteRequest",
  member: "Item" | "Key",
  unprocessed: string,
): Operation {
  return (_source, fields) => {
    allow(fields, "operation", "tables");
    const tables = required(fields, "tables");
    const written = eachTable(tables, (_table, name) => toList(tables, name));
    const left = (output: Fields, name: string): Fields[] => {
      const all = output["UnprocessedItems"] as
        Readonly<Record<string, Record<string, Fields>[]>> | undefined;
      return (all?.[name] ?? []).map((one) => (one[request]?.[member] ?? {}) as Fields);
    };
    return {
      action: "BatchWriteItem",
      input: {
        RequestItems: eachTable(written, (all) => all.map((one) => ({ [request]: { [member]: one } }))),
      },
      read: (output) => ({
        data: eachTable(written, (all, name) =>
          all.map((one) =>
            left(output, name).some((other) => isDeepStrictEqual(other, one)) ? null : fromAttributes(one),
          ),
        ),
        [unprocessed]: eachTable(written, (_all, name) => left(output, name).map(fromAttributes)),
      }),
    };
  };
}

function toList(fields: Fields, name: string): Attributes[] {
  return list(fields, name).map((one, index) => toAttributes(one, `${name}[${index}]`));
}

function eachTable<From, To>(
  tables: Readonly<Record<string, From>>,
  convert: (table: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, convert(table, name)]));
}

function holds(item: Fields, key: Attributes): boolean {
  return Object.entries(key).every(([name, value]) =>
    isDeepStrictEqual(canonical(item[name]), canonical(value)),
  );
}

/** For DynamoDB `1` and `1.0` are the same number, and so the same key. */
function canonical(value: unknown): unknown {
  const { N } = (value ?? {}) as { N?: string };
  return N === undefined ? value : { N: Number(N) };
}
