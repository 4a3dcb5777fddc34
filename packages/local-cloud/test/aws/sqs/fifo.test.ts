import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "@jest/globals";
import type { InputsOf, Resource } from "../../../src/base/graph.ts";
import { allow, queue, role, temporaryStorage } from "../graph.ts";
import { arnOf, awsUrl, clientOf, messagesOf, runner, start } from "./support.ts";

type QueueInputs = InputsOf["aws:sqs/queue:Queue"];

const epoch = Date.UTC(2026, 0, 1);
const orders = (inputs: QueueInputs = {}, name = "orders.fifo"): Resource =>
  queue(name, { fifoQueue: true, contentBasedDeduplication: true, ...inputs });

function setUp(...resources: readonly Resource[]) {
  const time = { now: epoch };
  const storage = temporaryStorage();
  const open = () => start(resources, { storage, clock: () => time.now }).sqs;
  let sqs = open();
  const run = (operation: string, input: object = {}, name = "orders.fifo") =>
    runner(sqs)(operation, { ...input }, name);
  return {
    time,
    run,
    send: (group: string, body: string, rest: object = {}) =>
      run("SendMessage", { MessageBody: body, MessageGroupId: group, ...rest }),
    receive: async (input: object = {}, name?: string) =>
      messagesOf(await run("ReceiveMessage", { MaxNumberOfMessages: 10, ...input }, name)),
    restart: async () => {
      await sqs.stop();
      sqs = open();
    },
  };
}

const bodies = (messages: readonly { readonly Body: string }[]) => messages.map(({ Body }) => Body);

describe("order in a FIFO queue", () => {
  it("holds within a group, and a group's messages are handed out before those of the next", async () => {
    const { send, receive } = setUp(orders());
    for (const [group, body] of [
      ["a", "a1"],
      ["b", "b1"],
      ["a", "a2"],
      ["b", "b2"],
    ] as const) {
      await send(group, body);
    }
    expect(bodies(await receive({ MaxNumberOfMessages: 3 }))).toEqual(["a1", "a2", "b1"]);
  });

  it("blocks a group while one of its messages is in flight, and no other group", async () => {
    const { time, run, send, receive } = setUp(orders({ visibilityTimeoutSeconds: 10 }));
    await send("a", "a1");
    await send("a", "a2");
    await send("b", "b1");
    const [first] = await receive({ MaxNumberOfMessages: 1 });
    expect(first?.Body).toBe("a1");
    expect(bodies(await receive())).toEqual(["b1"]);
    expect(await receive()).toEqual([]);
    time.now += 9_999;
    await run("DeleteMessage", { ReceiptHandle: first?.ReceiptHandle });
    expect(bodies(await receive())).toEqual(["a2"]);
  });

  it("puts a message whose visibility timeout is over back at its place", async () => {
    const { time, send, receive } = setUp(orders({ visibilityTimeoutSeconds: 10 }));
    await send("a", "a1");
    await receive();
    await send("a", "a2");
    time.now += 10_000;
    expect(bodies(await receive())).toEqual(["a1", "a2"]);
  });

  it("holds for a delayed queue, whose delay a message cannot change", async () => {
    const { time, send, receive } = setUp(orders({ delaySeconds: 5 }));
    await send("a", "a1", { DelaySeconds: 0 });
    time.now += 2_000;
    await send("a", "a2");
    time.now += 3_000;
    expect(bodies(await receive({ MaxNumberOfMessages: 1 }))).toEqual(["a1"]);
    await expect(send("a", "a3", { DelaySeconds: 1 })).rejects.toMatchObject({
      code: "InvalidParameterValue",
      message:
        "Value 1 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
    });
  });

  it("wakes a long poll when the group is free again", async () => {
    const { run, send, receive } = setUp(orders());
    await send("a", "a1");
    await send("a", "a2");
    const [first] = await receive({ MaxNumberOfMessages: 1 });
    const waiting = receive({ WaitTimeSeconds: 20 });
    await run("DeleteMessage", { ReceiptHandle: first?.ReceiptHandle });
    expect(bodies(await waiting)).toEqual(["a2"]);
  });

  it("survives a restart, with the deduplication and the sequence", async () => {
    const { send, receive, restart } = setUp(orders());
    const first = await send("a", "a1");
    await send("a", "a2");
    await receive({ MaxNumberOfMessages: 1 });
    await restart();
    expect(await send("a", "a1")).toMatchObject({ MessageId: first["MessageId"] });
    const third = await send("a", "a3");
    expect(BigInt(String(third["SequenceNumber"]))).toBeGreaterThan(BigInt(String(first["SequenceNumber"])));
    expect(bodies(await receive())).toEqual(["a1", "a2", "a3"]);
  });
});

describe("deduplication", () => {
  it("takes a repeated id for five minutes as the first message, a deleted one too", async () => {
    const { time, run, send, receive } = setUp(orders());
    const first = await send("a", "one", { MessageDeduplicationId: "id" });
    const [message] = await receive();
    await run("DeleteMessage", { ReceiptHandle: message?.ReceiptHandle });
    time.now += 299_999;
    const second = await send("b", "two", { MessageDeduplicationId: "id" });
    expect(second).toMatchObject({
      MessageId: first["MessageId"],
      SequenceNumber: first["SequenceNumber"],
    });
    expect(await receive()).toEqual([]);
    time.now += 1;
    const third = await send("a", "three", { MessageDeduplicationId: "id" });
    expect(third["MessageId"]).not.toBe(first["MessageId"]);
    expect(bodies(await receive())).toEqual(["three"]);
  });

  it("goes by the body, and not by attributes, where it is by content", async () => {
    const { send, receive } = setUp(orders());
    const attribute = { MessageAttributes: { n: { DataType: "Number", StringValue: "1" } } };
    await send("a", "same");
    await send("a", "same", attribute);
    await send("a", "other");
    const received = await receive({ MessageSystemAttributeNames: ["MessageDeduplicationId"] });
    expect(bodies(received)).toEqual(["same", "other"]);
    expect(received[0]?.Attributes).toEqual({
      MessageDeduplicationId: "0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5",
    });
  });

  it("is of each group where deduplicationScope says so", async () => {
    const { send, receive } = setUp(orders({ deduplicationScope: "messageGroup" }));
    await send("a", "same");
    await send("b", "same");
    await send("a", "same");
    expect(bodies(await receive())).toEqual(["same", "same"]);
  });
});

describe("what a FIFO queue refuses", () => {
  it.each<[string, object, string, string]>([
    ["no group", {}, "MissingParameter", "The request must contain the parameter MessageGroupId."],
    [
      "no deduplication id",
      { MessageGroupId: "a" },
      "InvalidParameterValue",
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    ],
    [
      "a deduplication id with a blank",
      { MessageGroupId: "a", MessageDeduplicationId: "a b" },
      "InvalidParameterValue",
      "Value a b for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length.",
    ],
  ])("%s", async (_, input, code, message) => {
    const { run } = setUp(orders({ contentBasedDeduplication: false }));
    await expect(run("SendMessage", { MessageBody: "x", ...input })).rejects.toMatchObject({ code, message });
  });

  it("a receipt handle whose visibility timeout is over", async () => {
    const { time, run, send, receive } = setUp(orders({ visibilityTimeoutSeconds: 10 }));
    await send("a", "a1");
    const [message] = await receive();
    time.now += 10_000;
    const handle = { ReceiptHandle: message?.ReceiptHandle };
    const refused = {
      code: "InvalidParameterValue",
      message: expect.stringContaining("Reason: The receipt handle has expired."),
    };
    await expect(run("DeleteMessage", handle)).rejects.toMatchObject(refused);
    await expect(run("ChangeMessageVisibility", { ...handle, VisibilityTimeout: 5 })).rejects.toMatchObject(
      refused,
    );
    expect(bodies(await receive())).toEqual(["a1"]);
  });

  it.each<[string, readonly Resource[], string]>([
    ["a name without the suffix", [orders({}, "orders")], "must end with the .fifo suffix"],
    [
      "the suffix on a standard queue",
      [queue("orders.fifo")],
      "Queue orders.fifo: name ends with .fifo, which needs fifoQueue.",
    ],
    [
      "deduplication on a standard queue",
      [queue("orders", { contentBasedDeduplication: true })],
      "contentBasedDeduplication is for FIFO queues only",
    ],
    [
      "a throughput limit a group, with deduplication over all groups",
      [orders({ fifoThroughputLimit: "perMessageGroupId" })],
      "only when deduplicationScope is messageGroup",
    ],
    [
      "a standard dead-letter queue",
      [
        orders({ redrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 1 }) }),
        queue("dead"),
      ],
      "Dead-letter queue must be same type of queue as the source",
    ],
  ])("at boot: %s", (_, resources, message) => {
    expect(() => start(resources)).toThrow(message);
  });
});

describe("dead letters of a FIFO queue", () => {
  const redrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("dead.fifo"), maxReceiveCount: 1 });

  it("keep their order and group there and on the way back, and let the group go on", async () => {
    const { time, run, send, receive } = setUp(
      orders({ redrivePolicy, visibilityTimeoutSeconds: 1 }),
      orders({}, "dead.fifo"),
    );
    await send("a", "a1");
    await send("a", "a2");
    await receive();
    await send("a", "a3");
    time.now += 1_000;
    expect(bodies(await receive())).toEqual(["a3"]);
    time.now += 1_000;
    expect(await receive()).toEqual([]);
    const dead = await receive({ MessageSystemAttributeNames: ["All"], VisibilityTimeout: 0 }, "dead.fifo");
    expect(bodies(dead)).toEqual(["a1", "a2", "a3"]);
    expect(dead[0]?.Attributes).toMatchObject({
      MessageGroupId: "a",
      DeadLetterQueueSourceArn: arnOf("orders.fifo"),
    });
    const source = { SourceArn: arnOf("dead.fifo") };
    await run("StartMessageMoveTask", source);
    expect(bodies(await receive({ WaitTimeSeconds: 20 }))).toEqual(["a1", "a2", "a3"]);
    expect(await run("ListMessageMoveTasks", source)).toMatchObject({
      Results: [{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 3 }],
    });
  });

  it("cannot be moved to a standard queue", async () => {
    const { run } = setUp(orders({ redrivePolicy }), orders({}, "dead.fifo"), queue("standard"));
    const input = { SourceArn: arnOf("dead.fifo"), DestinationArn: arnOf("standard") };
    await expect(run("StartMessageMoveTask", input)).rejects.toMatchObject({ code: "InvalidParameterValue" });
  });
});

describe("ReceiveRequestAttemptId", () => {
  it("gets the same messages and handles again, in flight anew, for five minutes", async () => {
    const { time, send, receive } = setUp(orders({ visibilityTimeoutSeconds: 200 }));
    await send("a", "a1");
    const attempt = { ReceiveRequestAttemptId: "attempt" };
    const [first] = await receive(attempt);
    time.now += 150_000;
    expect((await receive(attempt))[0]?.ReceiptHandle).toBe(first?.ReceiptHandle);
    time.now += 149_999;
    expect(await receive({ ReceiveRequestAttemptId: "another" })).toEqual([]);
    expect((await receive(attempt))[0]?.ReceiptHandle).toBe(first?.ReceiptHandle);
    time.now += 1;
    expect(await receive(attempt)).toEqual([]);
  });

  it("gets further messages once one of them has changed", async () => {
    const { run, send, receive } = setUp(orders());
    await send("a", "a1");
    await send("b", "b1");
    const attempt = { ReceiveRequestAttemptId: "attempt" };
    const [first] = await receive({ ...attempt, MaxNumberOfMessages: 1 });
    await run("DeleteMessage", { ReceiptHandle: first?.ReceiptHandle });
    expect(bodies(await receive(attempt))).toEqual(["b1"]);
  });
});

it("answers the SDK with sequence numbers, in a batch too", async () => {
  const { client } = await clientOf("sender", ...role("sender", allow("sqs:*", "*")), orders());
  const QueueUrl = awsUrl("orders.fifo");
  const { SequenceNumber } = await client.send(
    new SendMessageCommand({ QueueUrl, MessageBody: "1", MessageGroupId: "a" }),
  );
  expect(SequenceNumber).toMatch(/^\d{20}$/);
  const { Successful } = await client.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: ["2", "3"].map((body) => ({ Id: body, MessageBody: body, MessageGroupId: "a" })),
    }),
  );
  expect(Successful?.every((one) => (one.SequenceNumber ?? "") > (SequenceNumber ?? ""))).toBe(true);
  const { Messages } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All"] }),
  );
  expect(Messages?.map(({ Body, Attributes }) => [Body, Attributes?.["MessageGroupId"]])).toEqual([
    ["1", "a"],
    ["2", "a"],
    ["3", "a"],
  ]);
});
