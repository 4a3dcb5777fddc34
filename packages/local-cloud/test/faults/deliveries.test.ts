import { describe, expect, it } from "@jest/globals";
import type { Invocation, Principal } from "../../src/base/service.ts";
import { createFaults, type Faults } from "../../src/faults/index.ts";
import { silentLog } from "../aws/graph.ts";

const self: Principal = { kind: "service", service: "lambda.amazonaws.com" };
const arn = "arn:aws:lambda:eu-west-1:000000000000:function:fn";

/** A function that records its events, behind faults of the delivery. */
function mapping(settings: Faults, answer: (run: number) => Invocation = () => ({ payload: null })) {
  const faults = createFaults({ seed: 1, ...settings }, ["fn"], silentLog);
  const events: unknown[] = [];
  const invoker = faults.invoker({
    send: (_principal, _arn, event) => {
      events.push(event);
      return String(events.length);
    },
    invoke: (_principal, _arn, event) => {
      events.push(event);
      return Promise.resolve({ ...answer(events.length), requestId: String(events.length) });
    },
  });
  faults.start();
  const hand = (source: "sqs" | "dynamodb", id: number) =>
    invoker.invoke(self, arn, { Records: [{ eventSource: `aws:${source}`, id }] });
  const ids = () => events.map((event) => (event as { Records: { id: number }[] }).Records[0]?.id);
  const schedule = (id: number) => invoker.send(self, arn, { Records: [{ id }] });
  return { faults, hand, schedule, ids };
}

describe("batches for a function", () => {
  it.each(["dynamodb", "sqs"] as const)(
    "of %s come again after they succeeded, before the next",
    async (source) => {
      const { faults, hand, ids } = mapping({ events: { repeat: 1 } });
      for (const id of [1, 2, 3]) {
        await hand(source, id);
      }
      expect(ids()).toEqual([1, 1, 2, 2, 3, 3]);
      expect(faults.counts()).toMatchObject({ repeated: 3, delayed: 0 });
    },
  );

  it("of a schedule are repeated too", () => {
    const { faults, schedule, ids } = mapping({ events: { repeat: 1 } });
    schedule(1);
    expect([ids(), faults.counts().repeated]).toEqual([[1, 1], 1]);
  });

  it("have the result of the second run", async () => {
    const { hand } = mapping({ events: { repeat: 1 } }, (run) =>
      run === 2 ? { error: { errorType: "Error", errorMessage: "no" } } : { payload: null },
    );
    expect(await hand("dynamodb", 1)).toMatchObject({ error: { errorMessage: "no" } });
  });

  it("are not repeated after a failure, because their source repeats them", async () => {
    const failure = { error: { errorType: "Error", errorMessage: "no" } };
    const { faults, hand, ids } = mapping({ events: { repeat: 1 } }, () => failure);
    expect(await hand("dynamodb", 1)).toMatchObject(failure);
    expect([ids(), faults.counts().repeated]).toEqual([[1], 0]);
  });

  it("are delayed, and are delivered at once when the cloud stops", async () => {
    const { faults, hand, ids } = mapping({ events: { delay: { rate: 1, milliseconds: 3_600_000 } } });
    const handed = hand("dynamodb", 1);
    expect(ids()).toEqual([]);
    faults.stop();
    await handed;
    expect([ids(), faults.counts().delayed]).toEqual([[1], 1]);
  });
});

describe("decisions", () => {
  const decisions = (settings: Faults): unknown[] => {
    const faults = createFaults({ seed: 3, ...settings }, ["fn"], silentLog);
    faults.start();
    return Array.from({ length: 100 }, () => [
      faults.deliveryPlans?.(),
      faults.crashPoint?.("fn"),
      faults.drops?.(),
    ]);
  };
  const all: Faults = {
    events: { repeat: 0.3, delay: { rate: 0.3, milliseconds: 50 }, reorder: 0.3 },
    kill: { rate: 0.5, calls: 2 },
    sockets: { rate: 0.3 },
  };

  it("are the same for the same seed, and differ for another", () => {
    expect(decisions(all)).toEqual(decisions(all));
    expect(decisions({ ...all, seed: 4 })).not.toEqual(decisions(all));
  });

  it("of one kind do not depend on those of another", () => {
    const { kill = { rate: 0 } } = all;
    const crashes = (settings: Faults) =>
      (decisions(settings) as [unknown, number | undefined][]).map(([, at]) => at);
    expect(crashes({ kill })).toEqual(crashes(all));
    expect(new Set(crashes(all))).toEqual(new Set([undefined, 0, 1, 2, 3, 4]));
  });

  it("are not made without settings, or before the start", () => {
    const none = createFaults(undefined, ["fn"], silentLog);
    const service = { invoke: () => Promise.reject(new Error("not called")), send: () => "" };
    expect(none).toMatchObject({ deliveryPlans: undefined, crashPoint: undefined, drops: undefined });
    expect(none.subscriptionDelay).toBeUndefined();
    expect(none.invoker(service)).toBe(service);
    const early = createFaults({ sockets: { rate: 1 } }, [], silentLog);
    expect(early.drops?.()).toBe(false);
    early.start();
    expect(early.drops?.()).toBe(true);
  });

  it("make some subscriptions miss the first events, after the start, and are counted", () => {
    const faults = createFaults({ seed: 3, subscriptions: { rate: 0.5, milliseconds: 7 } }, [], silentLog);
    expect(faults.subscriptionDelay?.()).toBe(0);
    faults.start();
    const drawn = Array.from({ length: 100 }, () => faults.subscriptionDelay?.());
    expect(new Set(drawn)).toEqual(new Set([0, 7]));
    expect(faults.counts().delayedSubscriptions).toBe(drawn.filter((time) => time === 7).length);
  });
});
