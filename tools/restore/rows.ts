import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { erasureId, isErased } from "../../domain/erasure.ts";
import { purgedAssets, purgedKey } from "../../domain/purged.ts";
import { held } from "../../functions/shared/conditional.ts";
import { rowsIn } from "../../functions/shared/rows.ts";
import { recount } from "./accounts.ts";
import { type Put, putAssetIn } from "./assets.ts";
import { keyOf, type Row, withTableAt } from "./side-table.ts";
import { type Clients, type Stack, tableOf } from "./stack.ts";

/**
 * In the order in which they are restored: what an asset needs comes before it. The log of events has numbers that must
 * not be used twice, and so have callbacks.
 */
export const restorable = ["users", "events", "callbacks", "contents", "assets"] as const;

export type RestoredTable = (typeof restorable)[number];

export interface RestoringRows {
  readonly clients: Clients;
  readonly stack: Stack;
  readonly at: Date;
  readonly tables: readonly RestoredTable[];
  /** Only rows of this user. */
  readonly owner: string | undefined;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

interface Counts {
  /** Rows that the table had at that time. */
  rows: number;
  /** Rows that are there, changed since or not. They stay as they are. */
  there: number;
  /** Rows of erased users, and purged assets. They stay away. */
  removedOnPurpose: number;
  restored: number;
}

/** Puts back the rows that are missing now. It may be interrupted and repeated. */
export async function restoreRows(restoring: RestoringRows): Promise<Record<string, Counts>> {
  const results: Record<string, Counts> = {};
  for (const table of restorable.filter((name) => restoring.tables.includes(name))) {
    results[table] = await restoreTable(table, restoring);
  }
  return results;
}

async function restoreTable(name: RestoredTable, restoring: RestoringRows): Promise<Counts> {
  const { clients, stack, at, dryRun, signal, owner } = restoring;
  const table = tableOf(stack, name);
  const key = await keyOf(clients.dynamodb, table);
  const counts: Counts = { rows: 0, there: 0, removedOnPurpose: 0, restored: 0 };
  const owners = new Set<string>();
  const put = putterOf(name, restoring, key);
  const stays = createRules(clients.dynamodb, stack);
  await withTableAt(clients.dynamodb, { table, at, signal }, async (rows) => {
    for await (const row of rows) {
      const ownerId = ownerOf(name, row);
      if (owner !== undefined && ownerId !== owner) {
        continue;
      }
      counts.rows += 1;
      if (await exists(clients.dynamodb, table, keysOf(row, key))) {
        counts.there += 1;
      } else if (await stays(name, row, ownerId)) {
        counts.removedOnPurpose += 1;
      } else if (dryRun || (await put(row))) {
        counts.restored += 1;
        owners.add(ownerId);
      }
    }
  });
  if (name === "assets" && !dryRun) {
    for (const ownerId of owners) {
      await recount(clients.dynamodb, stack, ownerId);
    }
  }
  return counts;
}

/** Puts a row back unless somebody was faster. */
function putterOf(name: RestoredTable, { clients, stack }: RestoringRows, key: readonly string[]): Put {
  if (name === "assets") {
    return putAssetIn(clients.dynamodb, stack);
  }
  const TableName = tableOf(stack, name);
  const [hashKey = ""] = key;
  return async (Item) => {
    const write = new PutItemCommand({
      ...{ TableName, Item, ConditionExpression: "attribute_not_exists(#key)" },
      ExpressionAttributeNames: { "#key": hashKey },
    });
    return (await held(clients.dynamodb.send(write))) !== undefined;
  };
}

const keysOf = (row: Row, key: readonly string[]): Row =>
  Object.fromEntries(key.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));

/** In `users` and `contents`, `id` is the user. */
const ownerOf = (name: RestoredTable, row: Row): string =>
  (name === "users" || name === "contents" ? row["id"] : row["ownerId"])?.S ?? "";

async function exists(client: DynamoDBClient, TableName: string, Key: Row): Promise<boolean> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return Item !== undefined;
}

/** Whether a row was removed on purpose: a restore must not undo an erasure or a purge. */
function createRules(client: DynamoDBClient, stack: Stack) {
  const erasures = rowsIn(client, tableOf(stack, "erasures"));
  const erased = new Map<string, boolean>();
  const wasErased = async (ownerId: string): Promise<boolean> => {
    const known =
      erased.get(ownerId) ??
      isErased((await erasures.read(ownerId, erasureId)) as Parameters<typeof isErased>[0]);
    erased.set(ownerId, known);
    return known;
  };
  return async (name: RestoredTable, row: Row, ownerId: string): Promise<boolean> => {
    if (await wasErased(ownerId)) {
      return true;
    }
    const id = { ownerId, id: row["id"]?.S ?? "" };
    const Key = marshall({ ownerId: purgedAssets, clientToken: purgedKey(id) });
    const purging = row["purgeRequestedAt"] !== undefined;
    return name === "assets" && (purging || (await exists(client, tableOf(stack, "clientTokens"), Key)));
  };
}
