import type { Meter } from "../../base/meter.ts";
import { AwsError } from "../../base/service.ts";
import { api, type EngineClient, type Item } from "./client.ts";
import { sizeOf } from "./item-size.ts";

/** Sends one data operation to the engine. */
export type Send = (operation: string, input: Item, signal?: AbortSignal) => Promise<Record<string, unknown>>;

interface Capacity {
  readonly CapacityUnits?: number;
}

interface Consumed extends Capacity {
  readonly TableName: string;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
  readonly Table?: Capacity;
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, Capacity>>;
  readonly LocalSecondaryIndexes?: Readonly<Record<string, Capacity>>;
}

/** Counts the units that the engine consumes for each operation, by table and index. The caller gets what it asked for. */
export function metered(client: EngineClient, meter: Meter): Send {
  return async (operation, input, signal) => {
    // The engine refuses a kind that does not exist.
    const given = input["ReturnConsumedCapacity"] ?? "NONE";
    const asked =
      given === "NONE" || given === "TOTAL" ? { ...input, ReturnConsumedCapacity: "INDEXES" } : input;
    const result = await client.send(api, operation, asked, signal).catch((error: unknown) => {
      countRefused(meter, operation, input, error);
      throw error;
    });
    const { ConsumedCapacity: consumed, ...rest } = result;
    for (const each of [consumed ?? []].flat() as Consumed[]) {
      count(meter, operation, each);
    }
    if (given === "TOTAL" && consumed !== undefined) {
      return { ...rest, ConsumedCapacity: totalOf(consumed) };
    }
    return given === "NONE" ? rest : result;
  };
}

function count(meter: Meter, operation: string, consumed: Consumed): void {
  const usage = isWrite(operation) ? "dynamodb.writes" : "dynamodb.reads";
  const add = (resource: string, units: number | undefined) => {
    if (units !== undefined && units > 0) {
      meter.count(usage, resource, units);
    }
  };
  const { TableName: table, Table, GlobalSecondaryIndexes, LocalSecondaryIndexes } = consumed;
  add(table, Table ? Table.CapacityUnits : consumed.CapacityUnits);
  for (const indexes of [GlobalSecondaryIndexes, LocalSecondaryIndexes]) {
    for (const index of Object.keys(indexes ?? {})) {
      add(`${table}/${index}`, indexes?.[index]?.CapacityUnits);
    }
  }
}

const isWrite = (operation: string): boolean =>
  /^(?:Put|Update|Delete|BatchWrite|TransactWrite)/.test(operation);

/**
 * A write whose condition fails consumes the units of the item that it would have written, at least one, and a
 * transaction those of all its items, twice. The engine does not say how large the stored items are.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
function countRefused(meter: Meter, operation: string, input: Item, error: unknown): void {
  const code = error instanceof AwsError ? error.code : "";
  if (code === "ConditionalCheckFailedException") {
    const kept = (error as AwsError).details["Item"];
    meter.count("dynamodb.writes", String(input["TableName"]), unitsOf(kept ?? input["Item"]));
  }
  if (code === "TransactionCanceledException" && isWrite(operation)) {
    for (const part of input["TransactItems"] as readonly Readonly<Record<string, Item>>[]) {
      for (const { TableName, Item } of Object.values(part)) {
        meter.count("dynamodb.writes", String(TableName), 2 * unitsOf(Item));
      }
    }
  }
}

const unitsOf = (item: unknown): number => Math.max(1, Math.ceil(sizeOf(item) / 1024));

function totalOf(consumed: unknown): unknown {
  if (Array.isArray(consumed)) {
    return consumed.map(totalOf);
  }
  return Object.fromEntries(
    Object.entries(consumed as Consumed).filter(([name]) => name === "TableName" || name.endsWith("Units")),
  );
}
