import { describe, expect, it } from "@jest/globals";
import type { Resource } from "../../../src/base/graph.ts";
import { queue } from "../graph.ts";
import { arnOf, jobs, messagesOf, runner, start } from "./support.ts";

describe("a message", () => {
  const epoch = Date.UTC(2026, 0, 1);
  function setUp(...resources: readonly Resource[]) {
    const time = { now: epoch };
    const { sqs } = start(resources, { clock: () => time.now });
    return { time, run: runner(sqs) };
  }

  it("hides for its visibility timeout, which can be changed, to nothing too", async () => {
    const { time, run } = setUp(jobs({ visibilityTimeoutSeconds: 10 }));
    await run("SendMessage", { MessageBody: "x" });
    const [first] = messagesOf(await run("ReceiveMessage"));
    time.now += 9_999;
    expect(messagesOf(await run("ReceiveMessage"))).toEqual([]);
    await run("ChangeMessageVisibility", { ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 60 });
    time.now += 59_999;
    expect(messagesOf(await run("ReceiveMessage"))).toEqual([]);
    await run("ChangeMessageVisibility", { ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 });
    const [second] = messagesOf(
      await run("ReceiveMessage", { MessageSystemAttributeNames: ["ApproximateReceiveCount"] }),
    );
    expect(second?.Attributes).toEqual({ ApproximateReceiveCount: "2" });
    // The first handle is void now: deleting by it is taken, and deletes nothing.
    await run("DeleteMessage", { ReceiptHandle: first?.ReceiptHandle });
    time.now += 10_000;
    expect(messagesOf(await run("ReceiveMessage"))).toHaveLength(1);
  });

  it("waits for its delay, the queue's or its own, and goes when its retention is over", async () => {
    const { time, run } = setUp(jobs({ delaySeconds: 5, messageRetentionSeconds: 60 }));
    await run("SendMessage", { MessageBody: "queue's" });
    await run("SendMessage", { MessageBody: "own", DelaySeconds: 7 });
    const attributes = await run("GetQueueAttributes", {
      AttributeNames: ["ApproximateNumberOfMessagesDelayed"],
    });
    expect(attributes).toEqual({ Attributes: { ApproximateNumberOfMessagesDelayed: "2" } });
    time.now += 5_000;
    expect(messagesOf(await run("ReceiveMessage", { MaxNumberOfMessages: 10 }))).toMatchObject([
      { Body: "queue's" },
    ]);
    time.now += 55_000;
    expect(messagesOf(await run("ReceiveMessage", { MaxNumberOfMessages: 10 }))).toEqual([]);
  });

  it("goes to the dead-letter queue when it was received too often", async () => {
    const redrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 2 });
    const { time, run } = setUp(jobs({ redrivePolicy, visibilityTimeoutSeconds: 1 }), queue("dead"));
    await run("SendMessage", { MessageBody: "poison" });
    for (const expected of [1, 1, 0]) {
      expect(messagesOf(await run("ReceiveMessage"))).toHaveLength(expected);
      time.now += 1_000;
    }
    const [dead] = messagesOf(await run("ReceiveMessage", { MessageSystemAttributeNames: ["All"] }, "dead"));
    expect(dead).toMatchObject({ Body: "poison", Attributes: { DeadLetterQueueSourceArn: arnOf("jobs") } });
  });

  it("is refused when it is empty or larger than the queue takes", async () => {
    const { run } = setUp(jobs({ maxMessageSize: 1024 }));
    await expect(run("SendMessage", { MessageBody: "" })).rejects.toMatchObject({ code: "MissingParameter" });
    await run("SendMessage", { MessageBody: "x".repeat(1024) });
    await expect(run("SendMessage", { MessageBody: "x".repeat(1025) })).rejects.toThrow(
      "shorter than 1024 bytes",
    );
  });
});

describe("what a queue allows in time", () => {
  const epoch = Date.UTC(2026, 0, 1);
  function setUp(maxInFlight?: number) {
    const time = { now: epoch };
    const options = { clock: () => time.now, ...(maxInFlight !== undefined && { maxInFlight }) };
    const { sqs } = start([jobs({ visibilityTimeoutSeconds: 30 })], options);
    return { time, run: runner(sqs) };
  }
  const send = async (run: ReturnType<typeof runner>, count: number) => {
    for (let index = 0; index < count; index += 1) {
      await run("SendMessage", { MessageBody: String(index) });
    }
  };

  it("is one purge a minute", async () => {
    const { time, run } = setUp();
    await send(run, 1);
    await run("PurgeQueue");
    expect(messagesOf(await run("ReceiveMessage"))).toEqual([]);
    time.now += 59_999;
    await expect(run("PurgeQueue")).rejects.toMatchObject({
      code: "PurgeQueueInProgress",
      message: "Only one PurgeQueue operation on jobs is allowed every 60 seconds.",
      status: 403,
    });
    time.now += 1;
    await expect(run("PurgeQueue")).resolves.toEqual({});
  });

  it("is 12 hours in flight from the receive on, however often the timeout is changed", async () => {
    const { time, run } = setUp();
    await send(run, 1);
    const [message] = messagesOf(await run("ReceiveMessage", { VisibilityTimeout: 43_200 }));
    const change = (VisibilityTimeout: number) =>
      run("ChangeMessageVisibility", { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout });
    await expect(change(43_200)).resolves.toEqual({});
    time.now += 1_000;
    await expect(change(43_200)).rejects.toMatchObject({
      code: "InvalidParameterValue",
      message:
        "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
    });
    await expect(change(43_199)).resolves.toEqual({});
  });

  it("is so many messages in flight: a short poll is refused, and a long poll waits for room", async () => {
    const { run } = setUp(12);
    await send(run, 14);
    const ten = { MaxNumberOfMessages: 10 };
    const first = messagesOf(await run("ReceiveMessage", ten));
    expect(first).toHaveLength(10);
    expect(messagesOf(await run("ReceiveMessage", ten))).toHaveLength(2);
    await expect(run("ReceiveMessage", ten)).rejects.toMatchObject({ code: "OverLimit", status: 403 });
    const poll = run("ReceiveMessage", { ...ten, WaitTimeSeconds: 20 });
    await run("DeleteMessage", { ReceiptHandle: first[0]?.ReceiptHandle });
    await run("SendMessage", { MessageBody: "wakes the poll" });
    expect(messagesOf(await poll)).toHaveLength(1);
    await expect(run("ReceiveMessage", ten)).rejects.toMatchObject({ code: "OverLimit" });
  });

  it("is in flight no longer than its timeout", async () => {
    const { time, run } = setUp(1);
    await send(run, 2);
    await run("ReceiveMessage");
    time.now += 29_999;
    await expect(run("ReceiveMessage")).rejects.toMatchObject({ code: "OverLimit" });
    time.now += 1;
    expect(messagesOf(await run("ReceiveMessage"))).toHaveLength(1);
  });
});

describe("a long poll", () => {
  it("ends with the message that is sent meanwhile, or that becomes visible", async () => {
    const run = runner(start([jobs()]).sqs);
    const poll = run("ReceiveMessage", { WaitTimeSeconds: 20 });
    await run("SendMessage", { MessageBody: "x" });
    const [message] = messagesOf(await poll);
    expect(message?.Body).toBe("x");
    const again = run("ReceiveMessage", { WaitTimeSeconds: 20 });
    await run("ChangeMessageVisibility", { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 });
    expect(messagesOf(await again)).toHaveLength(1);
    const delayed = run("ReceiveMessage", { WaitTimeSeconds: 20 });
    await run("SendMessage", { MessageBody: "later", DelaySeconds: 1 });
    expect(messagesOf(await delayed)).toHaveLength(1);
  });

  it("gives one message to one of those who wait", async () => {
    const { sqs } = start([jobs()]);
    const run = runner(sqs);
    const polls = [1, 2, 3].map(() => run("ReceiveMessage", { WaitTimeSeconds: 20 }));
    await run("SendMessage", { MessageBody: "x" });
    await Promise.race(polls);
    await sqs.stop();
    expect((await Promise.all(polls)).flatMap(messagesOf)).toHaveLength(1);
  });

  it("can be aborted, and ends empty when the queue stops", async () => {
    const { sqs } = start([jobs()]);
    const run = runner(sqs);
    const controller = new AbortController();
    const aborted = run("ReceiveMessage", { WaitTimeSeconds: 20 }, "jobs", controller.signal);
    const stopped = run("ReceiveMessage", { WaitTimeSeconds: 20 });
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    await sqs.stop();
    expect(await stopped).toEqual({});
  });
});
