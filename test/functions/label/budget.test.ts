import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { everybody, labelledId } from "../../../domain/usage.ts";
import {
  type Budget,
  budgetIn,
  type Source,
  type Taken,
  type Waiting,
} from "../../../functions/label/budget.ts";
import { type Counters, countersIn, dayAt } from "../../../functions/shared/counters.ts";
import { useCloud } from "../../support/cloud.ts";
import { limitsOfTests } from "../../support/code.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";

const use = useCloud({ mappings: false });

const day = 86_400_000;
/** Of a day that no other test has counted on. Days that are over are expired, and DynamoDB removes them. */
let noon = new Date().setUTCHours(12, 0, 0, 0);
let side: FunctionSide;
let counters: Counters;
let budget: Budget;
/** The time at each look at the clock; the last one stays. */
let times: number[] = [];
const now = () => (times.length > 1 ? times.shift() : times[0]) ?? noon;

beforeAll(() => {
  side = asFunction(use(), "label");
  const limits = { ...limitsOfTests, maxLabelledADay: 2, maxLabelledADayInAll: 3 };
  const clients = { client: side.dynamodb, once: side.dynamodb };
  counters = countersIn(clients, side.table("usage"), limits, () => noon);
  budget = budgetIn(counters, now);
});

beforeEach(() => {
  noon += 2 * day;
  times = [noon];
});

afterAll(() => side.close());

const take = (ownerId: string, source: Source = "call") =>
  budget.take({ ownerId, id: "01JD3Z6V5K8Q2M7N4P9R0S1T2X" }, source);

function giveBack(taken: Taken | Waiting): Promise<void> {
  if ("until" in taken) {
    throw new Error(`Nothing was taken: ${taken.error.code}`);
  }
  return taken.giveBack();
}

/** What is left of a limit on a day, found by taking it. */
async function leftOf(ownerId: string, at: number, max: number): Promise<number> {
  const counter = { ownerId, id: labelledId(dayAt(at)) };
  let left = 0;
  while (await counters.count(counter, max)) {
    left += 1;
  }
  return left;
}

describe("a unit of the budget of labels", () => {
  it("that is given back after midnight is one of the day before: the new day gets no unit more", async () => {
    const ownerId = randomUUID();
    const taken = await take(ownerId);
    times = [noon + day];
    await take(ownerId);
    await giveBack(taken);
    expect([await leftOf(ownerId, noon, 2), await leftOf(ownerId, noon + day, 2)]).toEqual([2, 1]);
    expect([await leftOf(everybody, noon, 3), await leftOf(everybody, noon + day, 3)]).toEqual([3, 2]);
  });

  it("is of one day for the owner and for everybody, also while midnight passes", async () => {
    const ownerId = randomUUID();
    times = [noon, noon + day];
    expect(await take(ownerId)).not.toHaveProperty("until");
    expect([await leftOf(ownerId, noon, 2), await leftOf(everybody, noon, 3)]).toEqual([1, 2]);
    expect([await leftOf(ownerId, noon + day, 2), await leftOf(everybody, noon + day, 3)]).toEqual([2, 3]);
  });

  it("goes back to its own day if everybody's are used up while midnight passes", async () => {
    const ownerId = randomUUID();
    await leftOf(everybody, noon, 3);
    times = [noon + day];
    await take(ownerId);
    times = [noon, noon + day];
    expect(await take(ownerId)).toMatchObject({ everybody: true });
    expect([await leftOf(ownerId, noon, 2), await leftOf(ownerId, noon + day, 2)]).toEqual([2, 1]);
  });

  it("of a result is the owner's alone, and that of the owner's own result none", async () => {
    const ownerId = randomUUID();
    const [result, own] = [await take(ownerId, "result"), await take(ownerId, "own result")];
    expect(await leftOf(everybody, noon, 3)).toBe(3);
    await giveBack(own);
    await giveBack(result);
    expect(await leftOf(ownerId, noon, 2)).toBe(2);
  });
});
