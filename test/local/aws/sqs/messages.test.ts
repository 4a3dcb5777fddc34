import { describe, expect, it } from "@jest/globals";
import type { Resource } from "../../../../local/graph.ts";
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
