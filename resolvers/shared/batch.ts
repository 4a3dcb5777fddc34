import type { Context } from "@aws-appsync/utils";
import { internal } from "./errors.ts";

interface Batch<Row> {
  data?: Record<string, (Row | null)[]>;
  unprocessedKeys?: Record<string, unknown[]>;
}

/**
 * The rows of a table that a BatchGetItem has read, in the order of their keys; null where there is none.
 * DynamoDB may leave keys unread, and then this raises an error.
 */
export function rowsOf<Row>(ctx: Context, table: string): (Row | null)[] {
  const batch = ctx.result as Batch<Row> | null;
  const unread = batch?.unprocessedKeys?.[table] ?? [];
  if (ctx.error || !batch || unread.length > 0) {
    internal();
  }
  return batch.data?.[table] ?? [];
}
