import { describe, expect, it } from "@jest/globals";
import type { Resource } from "../../../src/base/graph.ts";
import { graphOf, role } from "../graph.ts";
import { functionArn, lambdaFunction, openFunction, openLambda, self } from "./support.ts";

describe("concurrency", () => {
  const gate =
    "import { existsSync } from 'node:fs'; export const handler = async ({ id, ms }) => { const from = Date.now(); await new Promise(r => setTimeout(r, ms)); return { id, from, to: Date.now() }; };";

  interface Span {
    readonly id: number;
    readonly from: number;
    readonly to: number;
  }

  async function spans(answers: readonly Promise<unknown>[]): Promise<Span[]> {
    return (await Promise.all(answers)).map((answer) => (answer as { payload: Span }).payload);
  }

  const most = (all: readonly Span[]): number =>
    Math.max(...all.map(({ from }) => all.filter((other) => other.from <= from && from < other.to).length));

  it.each([1, 2])("never exceeds the %i that the function reserves", async (reservedConcurrentExecutions) => {
    const { call } = openFunction(gate, { reservedConcurrentExecutions });
    const all = await spans([0, 1, 2, 3, 4, 5].map((id) => call({ id, ms: 30 })));
    expect(most(all)).toBeLessThanOrEqual(reservedConcurrentExecutions);
  });

  it("runs waiting invocations in order", async () => {
    const { call } = openFunction(gate, { reservedConcurrentExecutions: 1 });
    const all = await spans([0, 1, 2, 3, 4, 5].map((id) => call({ id, ms: 1 })));
    const inTime = all.toSorted((one, other) => one.from - other.from || one.id - other.id);
    expect(inTime.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("never exceeds the limit of all functions", async () => {
    const names = ["a", "b", "c"];
    const resources: Resource[] = names.flatMap((name) => [
      ...role(`${name}-role`),
      lambdaFunction(name, gate),
    ]);
    const { invoke } = openLambda(graphOf(...resources), { limits: { concurrency: 2, sandboxes: 2 } });
    const all = await spans(
      [0, 1, 2, 3, 4, 5].map((id) => invoke(self, functionArn(names[id % 3] ?? ""), { id, ms: 400 })),
    );
    expect(all).toHaveLength(6);
    expect(most(all)).toBeLessThanOrEqual(2);
  });

  it("runs invocations concurrently: two that wait for each other both end", async () => {
    const { call } = openFunction(
      "export const handler = ({ room }) => new Promise((resolve) => { const channel = new BroadcastChannel(room); const say = () => channel.postMessage('here'); channel.onmessage = () => { say(); resolve('met'); }; say(); });",
    );
    const room = `room-${process.pid}`;
    expect(await Promise.all([call({ room }), call({ room })])).toMatchObject([
      { payload: "met" },
      { payload: "met" },
    ]);
  });

  it("throttles a function that reserves nothing", async () => {
    const { call } = openFunction(gate, { reservedConcurrentExecutions: 0 });
    await expect(call()).rejects.toMatchObject({ code: "TooManyRequestsException", status: 429 });
  });

  it("ends a sandbox that has been idle", async () => {
    const { call, log } = openFunction(
      "console.log('cold'); export const handler = async () => 1;",
      {},
      { limits: { idleMs: 1 } },
    );
    await call();
    await log.until(({ message }) => message === "sandbox ended");
    await call();
    expect(log.entries.filter(({ message }) => message === "cold")).toHaveLength(2);
  });
});

describe("stop", () => {
  it("ends every thread, running ones too, logs no function error, and accepts no more", async () => {
    const { call, stop, log } = openFunction(
      "export const handler = async () => { console.log('in'); for (;;); };",
      {
        timeout: 900,
      },
    );
    const refused = expect(call()).rejects.toMatchObject({ code: "ServiceUnavailableException" });
    await log.until(({ message }) => message === "in");
    await stop();
    await refused;
    expect(log.entries.filter(({ level }) => level === "error")).toEqual([]);
    await expect(call()).rejects.toMatchObject({ code: "ServiceUnavailableException" });
  });
});
