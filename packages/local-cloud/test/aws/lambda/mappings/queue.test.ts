import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { Resource } from "../../../../src/base/graph.ts";
import { allow, queue } from "../../graph.ts";
import { type EventRecord, failure, jobs, ofQueue, open, partial, queueAccess } from "./support.ts";

const report = { functionResponseTypes: ["ReportBatchItemFailures"] };
const letters = (text: string): string[] => text.split(/(?=.)/);
const bodies = (records: readonly EventRecord[]): string[] => records.map(({ body }) => body);

describe("a queue's mapping", () => {
  it("delivers messages in AWS's shape, with the function's role, and deletes them on success", async () => {
    const { start, idle, queues, events } = open({ mappings: [ofQueue()] });
    start();
    queues.send(jobs.id, "a");
    await idle();
    expect(events).toEqual([
      [
        {
          messageId: expect.any(String),
          receiptHandle: expect.any(String),
          body: "a",
          attributes: { ApproximateReceiveCount: "1", SentTimestamp: "0" },
          messageAttributes: {
            kind: { stringValue: "x", stringListValues: [], binaryListValues: [], dataType: "String" },
          },
          md5OfBody: "0cc175b9c0f1b6a831c399e269772661",
          eventSource: "aws:sqs",
          eventSourceARN: jobs.outputs.arn,
          awsRegion: "eu-west-1",
        },
      ],
    ]);
    expect(queues.bodies(jobs.id)).toEqual([]);
    expect(new Set(queues.calls.map(({ principal }) => principal.kind))).toEqual(new Set(["role"]));
  });

  it("never exceeds the batch size", async () => {
    const { start, idle, queues, events } = open({ mappings: [ofQueue({ batchSize: 3 })] });
    queues.send(jobs.id, ...letters("abcdefgh"));
    start();
    await idle();
    expect(events.map((batch) => batch.length)).toEqual([3, 3, 2]);
  });

  it("waits for a fuller batch within the batching window", async () => {
    const { start, idle, queues, events } = open({
      mappings: [ofQueue({ batchSize: 12, maximumBatchingWindowInSeconds: 300 })],
    });
    start();
    queues.send(jobs.id, ...letters("abcdefg"));
    queues.send(jobs.id, ...letters("hijkl"));
    await idle();
    while (events.length === 0) {
      await idle();
    }
    expect(events.map(bodies)).toEqual([[...letters("abcdefghijkl")]]);
  });

  it("delivers what it has when the batching window ends, although more has come within it", async () => {
    const { start, idle, queues, events } = open({
      mappings: [ofQueue({ maximumBatchingWindowInSeconds: 1 })],
    });
    start();
    for (const body of ["a", "b", "c"]) {
      const received = queues.calls.length;
      queues.send(jobs.id, body);
      while (queues.calls.length === received) {
        await nextTurn();
      }
    }
    await idle();
    expect(events.map(bodies)).toEqual([["a", "b", "c"]]);
  });

  it("is not idle while its queue has what a function of another mapping sent at its end", async () => {
    const [between, later] = [queue("between"), queue("later")];
    const of = ({ id, outputs }: Resource) => ({
      ...ofQueue({ eventSourceArn: outputs.arn }),
      urn: id,
      name: id,
    });
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<undefined>();
    const { start, idle, queues, events } = open({
      mappings: [between, later, ofQueue({ maximumBatchingWindowInSeconds: 1 }), of(between), of(later)],
      statements: [queueAccess, allow(queueAccess.Action, [between.outputs.arn, later.outputs.arn])],
      handler: async ([record]) => {
        if (record?.body === "sends") {
          begin(undefined);
          await asked;
          queues.send(jobs.id, "sent");
        }
        return { payload: null };
      },
    });
    start();
    queues.send(later.id, "sends");
    await begun;
    const settled = idle();
    // When the queue between is asked, the first one was found empty.
    while (queues.calls.filter(({ operation }) => operation === "GetQueueAttributes").length < 2) {
      await nextTurn();
    }
    ask(undefined);
    await settled;
    expect(events.map(bodies)).toEqual([["sends"], ["sent"]]);
  });

  it("leaves a failed batch until its visibility timeout", async () => {
    let fails = true;
    const { start, idle, queues, events } = open({
      mappings: [ofQueue()],
      handler: () => (fails ? failure : { payload: null }),
    });
    start();
    queues.send(jobs.id, "a");
    await idle();
    expect(queues.bodies(jobs.id)).toEqual(["a"]);
    expect(events).toHaveLength(1);
    fails = false;
    queues.expire(jobs.id);
    await idle();
    expect(events[1]).toMatchObject([{ body: "a", attributes: { ApproximateReceiveCount: "2" } }]);
    expect(queues.bodies(jobs.id)).toEqual([]);
  });

  it("leaves only what the function reports as failed", async () => {
    const { start, idle, queues } = open({
      mappings: [ofQueue(report)],
      handler: (records) =>
        partial(...records.filter(({ body }) => body === "b").map(({ messageId }) => messageId)),
    });
    queues.send(jobs.id, "a", "b", "c");
    start();
    await idle();
    expect(queues.bodies(jobs.id)).toEqual(["b"]);
  });

  it("ignores a report if ReportBatchItemFailures is not declared", async () => {
    const { start, idle, queues } = open({
      mappings: [ofQueue()],
      handler: ([first]) => partial(first?.messageId),
    });
    queues.send(jobs.id, "a");
    start();
    await idle();
    expect(queues.bodies(jobs.id)).toEqual([]);
  });

  it.each<[string, unknown, number]>([
    ["nothing", null, 0],
    ["an empty object", {}, 0],
    ["null failures", { batchItemFailures: null }, 0],
    ["no failures", { batchItemFailures: [] }, 0],
    ["an unknown identifier", { batchItemFailures: [{ itemIdentifier: "gone" }] }, 2],
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }, 2],
    ["a null identifier", { batchItemFailures: [{ itemIdentifier: null }] }, 2],
    ["another key", { batchItemFailures: [{ id: "x" }] }, 2],
    ["a null entry", { batchItemFailures: [null] }, 2],
    ["failures that are no list", { batchItemFailures: "all" }, 2],
    ["text", "ok", 2],
  ])("takes %s as AWS does", async (_, payload, left) => {
    const { start, idle, queues } = open({ mappings: [ofQueue(report)], handler: () => ({ payload }) });
    queues.send(jobs.id, "a", "b");
    start();
    await idle();
    expect(queues.bodies(jobs.id)).toHaveLength(left);
  });

  it("deletes messages that the filter excludes, and delivers the others", async () => {
    const pattern = JSON.stringify({ body: { size: [{ numeric: [">", 10] }] } });
    const { start, idle, queues, events } = open({
      mappings: [ofQueue({ filterCriteria: { filters: [{ pattern }] } })],
    });
    queues.send(jobs.id, { size: 5 }, { size: 50 }, "no json");
    start();
    await idle();
    expect(events.map(bodies)).toEqual([['{"size":50}']]);
    expect(queues.bodies(jobs.id)).toEqual([]);
  });

  it("runs at most maximumConcurrency batches at once", async () => {
    let running = 0;
    let most = 0;
    const gate = Promise.withResolvers<undefined>();
    const { start, idle, queues } = open({
      mappings: [ofQueue({ batchSize: 1, scalingConfig: { maximumConcurrency: 2 } })],
      handler: async () => {
        most = Math.max(most, ++running);
        if (running === 2) {
          gate.resolve(undefined);
        }
        await gate.promise;
        running--;
        return { payload: null };
      },
    });
    queues.send(jobs.id, ...letters("abcdef"));
    start();
    await idle();
    expect(most).toBe(2);
    expect(queues.bodies(jobs.id)).toEqual([]);
  });

  it("waits at stop for running batches, then deletes their messages, and receives no more", async () => {
    const entered = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<undefined>();
    const { start, stop, queues, events } = open({
      mappings: [ofQueue()],
      handler: async () => {
        entered.resolve(undefined);
        await gate.promise;
        return { payload: null };
      },
    });
    start();
    queues.send(jobs.id, "a");
    await entered.promise;
    const stopped = stop();
    queues.send(jobs.id, "b");
    gate.resolve(undefined);
    await stopped;
    expect(queues.bodies(jobs.id)).toEqual(["b"]);
    expect(events).toHaveLength(1);
  });

  it("does not wait at stop for a function that never ends", async () => {
    const entered = Promise.withResolvers<undefined>();
    const { start, stop, queues, log } = open({
      mappings: [ofQueue()],
      drainMs: 1,
      handler: () => {
        entered.resolve(undefined);
        return new Promise(() => undefined);
      },
    });
    start();
    queues.send(jobs.id, "a");
    await entered.promise;
    await stop();
    expect(log.entries).toContainEqual(
      expect.objectContaining({ level: "warn", message: expect.stringContaining("still run") }),
    );
  });
});
