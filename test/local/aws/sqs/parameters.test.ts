import { describe, expect, it } from "@jest/globals";
import { jobs, runner, start } from "./support.ts";

const MessageBody = "x";
const named = (name: string) => ({
  MessageBody,
  MessageAttributes: { [name]: { DataType: "String", StringValue: "x" } },
});
const ids = (...entries: unknown[]) => ({ Entries: entries.map((Id) => ({ Id, MessageBody })) });
const numbered = (count: number) => ids(...Array.from({ length: count }, (_, index) => String(index)));

describe("SQS", () => {
  it.each([
    ["SendMessageBatch", { Entries: "x" }],
    ["SendMessageBatch", { Entries: {} }],
    ["SendMessageBatch", { Entries: ["x"] }],
    ["SendMessageBatch", { Entries: [null] }],
    ["DeleteMessageBatch", { Entries: 1 }],
    ["ChangeMessageVisibilityBatch", { Entries: [1] }],
    ["SendMessage", { MessageBody: 1 }],
    ["SendMessage", { MessageBody, DelaySeconds: "1" }],
    ["SendMessage", { MessageBody, DelaySeconds: 0.5 }],
    ["SendMessage", { MessageBody, MessageAttributes: "x" }],
    ["SendMessage", { MessageBody, MessageAttributes: { a: "x" } }],
    ["SendMessage", { MessageBody, MessageAttributes: { a: { DataType: "String", StringValue: 1 } } }],
    ["SendMessage", { MessageBody, MessageDeduplicationId: 1 }],
    ["GetQueueAttributes", { AttributeNames: "All" }],
    ["GetQueueAttributes", { AttributeNames: [1] }],
  ])("answers SerializationException for a value of the wrong type: %s %j", async (operation, input) => {
    const run = runner(start([jobs()]).sqs);
    await expect(run(operation, input)).rejects.toMatchObject({
      code: "SerializationException",
      status: 400,
    });
  });

  it.each([
    ["SendMessage", { MessageBody, DelaySeconds: 0 }, { MessageBody, DelaySeconds: -1 }],
    ["SendMessage", { MessageBody, DelaySeconds: 900 }, { MessageBody, DelaySeconds: 901 }],
    ["ReceiveMessage", { MaxNumberOfMessages: 1 }, { MaxNumberOfMessages: 0 }],
    ["ReceiveMessage", { MaxNumberOfMessages: 10 }, { MaxNumberOfMessages: 11 }],
    ["ReceiveMessage", { VisibilityTimeout: 0 }, { VisibilityTimeout: -1 }],
    ["ReceiveMessage", { VisibilityTimeout: 43_200 }, { VisibilityTimeout: 43_201 }],
    ["ReceiveMessage", { WaitTimeSeconds: 0 }, { WaitTimeSeconds: -1 }],
    ["ReceiveMessage", {}, { WaitTimeSeconds: 21 }],
    [
      "SendMessage",
      { MessageBody, MessageGroupId: "g".repeat(128) },
      { MessageBody, MessageGroupId: "g".repeat(129) },
    ],
    ["SendMessage", { MessageBody, MessageGroupId: "!" }, { MessageBody, MessageGroupId: " " }],
    ["SendMessage", { MessageBody }, { MessageBody, MessageDeduplicationId: "x" }],
    ["SendMessage", named("a".repeat(256)), named("a".repeat(257))],
    ["SendMessage", named("a.b"), named("a..b")],
    ["SendMessage", named("awsome"), named("AWS.x")],
    ["SendMessage", named("amazonian"), named("Amazon.x")],
    ["SendMessage", named("a"), named(".a")],
    ["SendMessage", named("a-_1"), named("a b")],
  ])("%s takes %j, and refuses %j", async (operation, taken, refused) => {
    const run = runner(start([jobs()]).sqs);
    await expect(run(operation, taken)).resolves.toBeDefined();
    await expect(run(operation, refused)).rejects.toMatchObject({ code: "InvalidParameterValue" });
  });

  it.each([
    [ids("a", "b"), ids("a", "a"), "BatchEntryIdsNotDistinct"],
    [ids("a".repeat(80)), ids("a".repeat(81)), "InvalidBatchEntryId"],
    [ids("a-_1"), ids("a.b"), "InvalidBatchEntryId"],
    [numbered(10), numbered(11), "TooManyEntriesInBatchRequest"],
    [numbered(1), numbered(0), "EmptyBatchRequest"],
  ])("takes the batch %j, and not %j", async (taken, refused, code) => {
    const run = runner(start([jobs()]).sqs);
    await expect(run("SendMessageBatch", taken)).resolves.toHaveProperty("Successful");
    await expect(run("SendMessageBatch", refused)).rejects.toMatchObject({ code });
  });
});
