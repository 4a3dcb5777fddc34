import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Counters, countersIn, oneAttempt } from "../../../functions/shared/counters.ts";
import { useCloud } from "../../support/cloud.ts";
import { limitsOfTests } from "../../support/code.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";

const use = useCloud({ mappings: false });

let side: FunctionSide;
let counters: Counters;
/** Answers that are still to be lost, after their writes were done. */
let losses = 0;
const clients: DynamoDBClient[] = [];

beforeAll(() => {
  side = asFunction(use(), "deliver");
  const [client, once] = [lossy({}), lossy(oneAttempt)];
  counters = countersIn({ client, once }, side.table("usage"), limitsOfTests, Date.now);
});

afterAll(() => {
  clients.forEach((client) => client.destroy());
  side.close();
});

function lossy(config: { readonly maxAttempts?: number }): DynamoDBClient {
  const { endpointUrl: endpoint, region } = use().cloud.ready;
  const { credentials } = side.dynamodb.config;
  const client = new DynamoDBClient({ endpoint, region, credentials, ...config });
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (losses === 0) {
        return answer;
      }
      losses -= 1;
      throw Object.assign(new Error("The connection was cut."), { name: "TimeoutError" });
    },
    { step: "deserialize", priority: "low" },
  );
  clients.push(client);
  return client;
}

const newCounter = () => ({ ownerId: randomUUID(), id: "calls#2026-01-01" });

describe("a counter whose answer is lost", () => {
  it("has counted at least one: a limit is never passed", async () => {
    const counter = newCounter();
    losses = 1;
    await counters.count(counter, 3);
    const more = [await counters.count(counter, 3), await counters.count(counter, 3)];
    expect(more.filter(Boolean).length).toBeLessThanOrEqual(2);
    expect(await counters.hasRoom(counter, 3)).toBe(false);
  });

  it("has taken back one, not two", async () => {
    const counter = newCounter();
    for (let count = 0; count < 3; count += 1) {
      await counters.count(counter, 3);
    }
    losses = 1;
    await counters.uncount(counter);
    expect(losses).toBe(0);
    expect([await counters.count(counter, 3), await counters.count(counter, 3)]).toEqual([true, false]);
  });
});

describe("a counter", () => {
  it("is never below zero", async () => {
    const counter = newCounter();
    await counters.uncount(counter);
    expect(await counters.hasRoom(counter, 1)).toBe(true);
    await counters.count(counter, 1);
    expect(await counters.hasRoom(counter, 1)).toBe(false);
  });
});
