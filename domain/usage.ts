import { type Limits, type LimitsInput, limitsInputFields } from "./schema.ts";
import { givenOf } from "./given.ts";
import { type UpdateExpression, updateExpression } from "./update.ts";

/**
 * The table of usage: for each owner an account, and counters that expire. The limits that an admin has set are a row
 * of their own. The code is valid APPSYNC_JS.
 */

/** The numbers and flags that the stack's settings give, and that an admin may change. */
export type LimitValues = Omit<Limits, "updatedAt">;

/** What counts against the limits of one owner. */
export interface Account {
  assets?: number;
  bytes?: number;
}

/** The owner of what is counted for all users together. No user has an id with this sign. */
export const everybody = "#all";

export const accountId = "account";

export const limitsId = "limits";

/** The day of a time (ISO 8601), in UTC. */
export const dayOf = (time: string): string => time.slice(0, 10);

/** Mutations of an owner on one day. */
export const changesId = (day: string): string => `changes#${day}`;

/** Pictures of an owner, or of everybody, that the model labelled on one day. */
export const labelledId = (day: string): string => `labelled#${day}`;

/** Calls of receivers for an owner on one day. */
export const callsId = (day: string): string => `callbacks#${day}`;

/** Calls of one host for all owners on one day. */
export const callsOfHostId = (day: string, hostHash: string): string => `${callsId(day)}#${hostHash}`;

/** Requests to label one asset again on one day. */
export const relabelsId = (day: string, assetId: string): string => `relabels#${day}#${assetId}`;

/** When a counter of today is removed (epoch seconds): a day later, so that late writes find it. */
export const counterExpiry = (nowSeconds: number): number => nowSeconds + 2 * 86_400;

/** Maximum of a limit of anything but bytes. */
export const maxCount = 1_000_000_000;

/** A JavaScript number holds it exactly. */
const maxBytes = 1_000_000_000_000_000;

/** The error message for invalid limits, or undefined. */
export function problemOfLimits(input: LimitsInput): string | undefined {
  const given = givenOf(input, limitsInputFields);
  if (given.length === 0) {
    return `input: give what is to change: ${limitsInputFields.join(", ")}`;
  }
  const problems = given
    .map(([name, value]) => (typeof value === "boolean" ? undefined : problemOfLimit(name, value as number)))
    .filter((problem) => !!problem);
  return problems[0];
}

function problemOfLimit(name: keyof LimitsInput, value: number): string | undefined {
  const max = name === "maxBytes" ? maxBytes : maxCount;
  return value >= 0 && value <= max && value % 1 === 0
    ? undefined
    : `${name}: must be a whole number from 0 to ${max}`;
}

/** One more in a counter, which has its own row. The condition fails if it is already at its limit. */
export function countUp(nowSeconds: number, max: number): UpdateExpression & { condition: string } {
  const counted = updateExpression({ set: { expiresAt: counterExpiry(nowSeconds) }, increment: ["count"] });
  counted.values[":max"] = max;
  // A counter that does not exist is 0.
  return { ...counted, condition: ":one <= :max AND (attribute_not_exists(#count) OR #count < :max)" };
}
