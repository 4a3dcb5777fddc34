import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type CallBudget, callBudgetIn } from "../../../functions/deliver/budget.ts";
import { countersIn } from "../../../functions/shared/counters.ts";
import { useCloud } from "../../support/cloud.ts";
import { limitsOfTests } from "../../support/code.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";

const use = useCloud({ mappings: false });

let side: FunctionSide;
let budget: CallBudget;
/** Today: counters of days that are long over are expired, and DynamoDB removes them. */
const noon = new Date().setUTCHours(12, 0, 0, 0);
let now = noon;

beforeAll(() => {
  side = asFunction(use(), "deliver");
  const limits = { ...limitsOfTests, maxCallbacksADay: 5, maxCallbacksADayToAHost: 8 };
  budget = callBudgetIn(
    countersIn({ client: side.dynamodb, once: side.dynamodb }, side.table("usage"), limits, () => now),
    () => now,
  );
});

afterAll(() => side.close());

const assetId = "01JD3Z6V5K8Q2M7N4P9R0S1T2X";
const day = 86_400_000;

const callsOf = (ownerId: string, host: string, calls: number) =>
  Promise.all(
    Array.from({ length: calls }, (_, at) =>
      budget.take({ ownerId, assetId, url: `https://${host}/hook/${at}` }),
    ),
  );

const made = (answers: readonly (number | undefined)[]) =>
  answers.filter((until) => until === undefined).length;

describe("calls of receivers in a day", () => {
  it("are so many for an owner, however many are tried at once, and again on the next day", async () => {
    const ownerId = randomUUID();
    const [one, other] = [await callsOf(ownerId, "a.example", 4), await callsOf(ownerId, "b.example", 4)];
    expect([made(one), made(other)]).toEqual([4, 1]);
    const waits = other.filter((until) => until !== undefined);
    const midnight = noon + day / 2;
    expect(new Set(waits).size).toBe(1);
    expect(waits[0]).toBeGreaterThanOrEqual(midnight);
    expect(waits[0]).toBeLessThan(midnight + 3_600_000);
    now += day;
    expect(made(await callsOf(ownerId, "a.example", 9))).toBe(5);
    now -= day;
  });

  it("are so many to a host for all owners, whatever the path; those that are refused cost an owner nothing", async () => {
    const host = `${randomUUID()}.example`;
    const owners = Array.from({ length: 4 }, () => randomUUID());
    const answers = await Promise.all(owners.map((ownerId) => callsOf(ownerId, host, 4)));
    expect(made(answers.flat())).toBe(8);
    const others = await Promise.all(owners.map((ownerId) => callsOf(ownerId, `other.${host}`, 5)));
    // Of the 20 that the four may make, 8 are used; the other host takes 8 itself.
    expect(made(others.flat())).toBe(8);
  });
});
