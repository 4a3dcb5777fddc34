import { afterEach, describe, expect, it } from "@jest/globals";
import { createIam } from "../../../../src/aws/iam/index.ts";
import {
  createEventSourceMappings,
  type EventSourceMappings,
} from "../../../../src/aws/lambda/mappings/index.ts";
import { AwsError, type Invocation } from "../../../../src/base/service.ts";
import { createSqs, type Sqs } from "../../../../src/aws/sqs/index.ts";
import {
  accountId,
  allow,
  graphOf,
  queue,
  region,
  role,
  roleArn,
  silentLog,
  temporaryStorage,
} from "../../graph.ts";
import { lambdaFunction } from "../support.ts";
import { FakeStreams } from "./fake-streams.ts";
import { type EventRecord, failure, mapping, partial } from "./support.ts";

const orders = queue("orders.fifo", { fifoQueue: true, contentBasedDeduplication: true });
const admin = { kind: "role", roleArn: roleArn("fn-role"), sessionArn: "session" } as const;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) {
    await stop();
  }
});

type Handler = (
  bodies: readonly string[],
  records: readonly EventRecord[],
) => Invocation | Promise<Invocation>;
type Inputs = Parameters<typeof mapping>[0];

/** A real FIFO queue whose messages go to the handler. `fail` may throw before and after an operation of the mapping. */
function open(
  handler: Handler,
  inputs: Inputs = {},
  fail: (operation: string, answer?: Readonly<Record<string, unknown>>) => void = () => undefined,
) {
  const time = { now: Date.UTC(2026, 0, 1) };
  const clock = () => time.now;
  const graph = graphOf(
    orders,
    ...role("fn-role", allow("sqs:*", "*")),
    lambdaFunction("fn", ""),
    mapping({ eventSourceArn: orders.outputs.arn, ...inputs }),
  );
  const storage = temporaryStorage(true);
  const iam = createIam(graph, storage);
  const sqs: Sqs = createSqs({ graph, iam, storage, region, accountId, clock });
  stops.push(() => sqs.stop());
  const failing: Pick<Sqs, "execute"> = {
    async execute(principal, operation, input, signal) {
      fail(operation);
      const answer = await sqs.execute(principal, operation, input, signal);
      fail(operation, answer);
      return answer;
    },
  };
  const mappings: EventSourceMappings = createEventSourceMappings({
    ...{ graph, iam, sqs: failing, storage, clock, log: silentLog, dynamodb: new FakeStreams("shard-0") },
    s3: { write: () => Promise.reject(new Error("unused")) },
    invoker: {
      invoke: async (_principal, _arn, event) => {
        const { Records } = event as { readonly Records: readonly EventRecord[] };
        const bodies = Records.map(({ body }) => body);
        return { requestId: "request", ...(await handler(bodies, Records)) };
      },
    },
  });
  stops.push(() => mappings.stop());
  return {
    start: () => mappings.start(),
    send: (group: string, body: string) =>
      sqs.execute(admin, "SendMessage", {
        QueueUrl: orders.id,
        MessageBody: body,
        MessageGroupId: group,
      }),
    /** Lets every visibility timeout pass; a message of another group wakes the poller. */
    expire: () => {
      time.now += 30_000;
      return sqs.execute(admin, "SendMessage", {
        ...{ QueueUrl: orders.id, MessageBody: `wake ${time.now}`, MessageGroupId: "wake" },
      });
    },
  };
}

/** The batches that a handler saw, and a way to wait for one. */
function recorder() {
  const batches: string[][] = [];
  const waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];
  return {
    batches,
    of: (letter: string) => batches.flat().filter((body) => body.startsWith(letter)),
    add(bodies: readonly string[]) {
      batches.push([...bodies]);
      waiting.filter(({ holds }) => holds()).forEach(({ resolve }) => resolve());
    },
    until: (holds: () => boolean): Promise<void> =>
      holds() ? Promise.resolve() : new Promise((resolve) => waiting.push({ holds, resolve })),
  };
}

/** Records a batch, and all of it is done. */
const accept =
  (seen: ReturnType<typeof recorder>): Handler =>
  (bodies) => {
    seen.add(bodies);
    return { payload: null };
  };

describe("a FIFO queue's mapping", () => {
  it("runs one batch of a group at a time, other groups beside it", async () => {
    const seen = recorder();
    const gate = Promise.withResolvers<undefined>();
    const { start, send } = open(
      async (bodies) => {
        seen.add(bodies);
        if (bodies.includes("a1")) {
          await gate.promise;
        }
        return { payload: null };
      },
      { batchSize: 1 },
    );
    for (const body of ["a1", "a2", "b1", "b2"]) {
      await send(body.slice(0, 1), body);
    }
    start();
    await seen.until(() => seen.of("b").length === 2);
    expect(seen.of("a")).toEqual(["a1"]);
    gate.resolve(undefined);
    await seen.until(() => seen.of("a").length === 2);
    expect([seen.of("a"), seen.of("b")]).toEqual([
      ["a1", "a2"],
      ["b1", "b2"],
    ]);
  });

  it("sorts a batch by group, with the attributes of each message", async () => {
    const seen = recorder();
    const records: EventRecord[] = [];
    const { start, send } = open((bodies, all) => {
      records.push(...all);
      seen.add(bodies);
      return { payload: null };
    });
    for (const body of ["a1", "b1", "a2"]) {
      await send(body.slice(0, 1), body);
    }
    start();
    await seen.until(() => seen.batches.length > 0);
    expect(seen.batches).toEqual([["a1", "a2", "b1"]]);
    expect(records[0]).toMatchObject({
      attributes: {
        MessageGroupId: "a",
        MessageDeduplicationId: expect.stringMatching(/^[0-9a-f]{64}$/),
        SequenceNumber: expect.stringMatching(/^\d{20}$/),
      },
    });
  });

  it.each<[string, Inputs, Invocation | undefined]>([
    ["a failed batch", {}, failure],
    ["a reported message", { functionResponseTypes: ["ReportBatchItemFailures"] }, undefined],
  ])("keeps the order over %s: the group waits for it", async (_, inputs, answer) => {
    const seen = recorder();
    let fails = true;
    const { start, send, expire } = open(
      (bodies, records) => {
        seen.add(bodies);
        if (!fails || !bodies.includes("a1")) {
          return { payload: null };
        }
        fails = false;
        return answer ?? partial(...records.map(({ messageId }) => messageId));
      },
      { batchSize: 2, ...inputs },
    );
    for (const body of ["a1", "a2", "a3", "b1"]) {
      await send(body.slice(0, 1), body);
    }
    start();
    await seen.until(() => seen.of("b").length === 1);
    expect(seen.of("a")).toEqual(["a1", "a2"]);
    await expire();
    await seen.until(() => seen.of("a3").length === 1);
    expect(seen.of("a")).toEqual(["a1", "a2", "a1", "a2", "a3"]);
  });

  it("reads the same messages when an answer was lost, without waiting for their visibility timeout", async () => {
    const seen = recorder();
    let losses = 2;
    const { start, send } = open(accept(seen), {}, (operation, { Messages = [] } = {}) => {
      if (operation === "ReceiveMessage" && (Messages as unknown[]).length > 0 && losses > 0) {
        losses -= 1;
        throw new AwsError("InternalError", "The service failed.", 500);
      }
    });
    await send("a", "a1");
    await send("a", "a2");
    start();
    await seen.until(() => seen.of("a").length >= 2);
    expect(losses).toBe(0);
    expect(seen.batches).toEqual([["a1", "a2"]]);
  });

  it("deletes again what it could not delete, so that a group goes on", async () => {
    const seen = recorder();
    let losses = 2;
    const { start, send } = open(accept(seen), { batchSize: 1 }, (operation) => {
      if (operation === "DeleteMessageBatch" && losses > 0) {
        losses -= 1;
        throw new AwsError("InternalError", "The service failed.", 500);
      }
    });
    await send("a", "a1");
    await send("a", "a2");
    start();
    await seen.until(() => seen.of("a").length >= 2);
    expect(seen.batches).toEqual([["a1"], ["a2"]]);
  });

  it.each<[string, Inputs, string]>([
    [
      "a batching window",
      { maximumBatchingWindowInSeconds: 1 },
      "maximumBatchingWindowInSeconds is not supported",
    ],
    ["more than 10 messages a batch", { batchSize: 11 }, "batchSize is 11; it must be from 1 to 10"],
  ])("refuses %s", (_, inputs, message) => {
    expect(() => open(() => ({ payload: null }), inputs)).toThrow(message);
  });
});
