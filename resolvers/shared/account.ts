import { type Context, util } from "@aws-appsync/utils";
import { accountId, everybody, limitsId, type LimitValues } from "../../domain/usage.ts";
import { internal } from "./errors.ts";
import { tables } from "./tables.ts";

/** What `openAccount` leaves for the functions after it. */
export interface AccountStash {
  limits: LimitValues;
}

/** The limits of the stack, as JSON. infra/ replaces the placeholder when it deploys the code. */
const limitsOfStack = "{{limits}}";

/** The limits that apply: those of the stack, and over them what an admin has set. */
export const limitsFrom = (row: Record<string, unknown> | null | undefined): LimitValues => ({
  ...(JSON.parse(limitsOfStack) as LimitValues),
  ...row,
});

/** The keys of rows of the usage table, to read them together. */
export const usageKeys = (keys: { ownerId: string; id: string }[]) => ({
  [tables.usage]: { keys: keys.map((key) => util.dynamodb.toMapValues(key)), consistentRead: true },
});

export const limitsKey = { ownerId: everybody, id: limitsId };

export const accountKey = (ownerId: string) => ({ ownerId, id: accountId });

type Row = Record<string, unknown>;

interface Batch {
  data?: Record<string, (Row | null)[]>;
  unprocessedKeys?: Record<string, unknown[]>;
}

/** The rows that were read, in the order of their keys; null where there is none. */
export function rowsOf(ctx: Context): (Row | null)[] {
  const batch = ctx.result as Batch | null;
  const unread = batch?.unprocessedKeys?.[tables.usage] ?? [];
  if (ctx.error || !batch || unread.length > 0) {
    internal();
  }
  return batch?.data?.[tables.usage] ?? [];
}
