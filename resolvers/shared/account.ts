import { util } from "@aws-appsync/utils";
import { accountId, everybody, limitsId, type LimitValues } from "../../domain/usage.ts";
import { tables } from "./tables.ts";

/** What `openAccount` leaves for the functions after it. */
export interface AccountStash {
  limits: LimitValues;
  /** The caller's rows are being removed, or were: none may be written. */
  isErased?: boolean;
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
