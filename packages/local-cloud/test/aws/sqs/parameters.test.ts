import { describe, expect, it } from "@jest/globals";
import { queue } from "../graph.ts";
import { arnOf, jobs, runner, start } from "./support.ts";

const MessageBody = "x";
const handle = (receivedAt: number) =>
  Buffer.from(`1.${receivedAt}.00000000-0000-4000-8000-000000000000`).toString("base64url");
const ReceiptHandle = handle(0);
const sent = (attribute: object, name = "a") => ({ MessageBody, MessageAttributes: { [name]: attribute } });
const named = (name: string) => sent({ DataType: "String", StringValue: "x" }, name);
const system = (attribute: object, name = "AWSTraceHeader") => ({
  MessageBody,
  MessageSystemAttributes: { [name]: attribute },
});
const ids = (...entries: unknown[]) => ({ Entries: entries.map((Id) => ({ Id, MessageBody })) });
const numbered = (count: number) => ids(...Array.from({ length: count }, (_, index) => String(index)));
const attributes = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`a${index}`, { DataType: "String", StringValue: "x" }]),
  );

const redrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 1 });
const all = () =>
  runner(start([jobs({ redrivePolicy, maxMessageSize: 1_048_576 }), queue("dead")], { clock: () => 0 }).sqs);

const structure = "Start of structure or map found where not expected.";
const list = "Start of list found where not expected";

describe("a value of another type is refused for the whole request", () => {
  it.each([
    ["SendMessageBatch", { Entries: "x" }, "Expected list or null"],
    ["SendMessageBatch", { Entries: {} }, structure],
    ["SendMessageBatch", { Entries: ["x"] }, "Expected null"],
    ["SendMessageBatch", { Entries: [null] }, "Expected null"],
    [
      "SendMessageBatch",
      {
        Entries: [
          { Id: "a", MessageBody },
          { Id: "b", MessageBody: {} },
        ],
      },
      structure,
    ],
    ["SendMessageBatch", { Entries: [{ Id: "a", MessageBody, DelaySeconds: [] }] }, list],
    ["DeleteMessageBatch", { Entries: 1 }, "Expected list or null"],
    ["ChangeMessageVisibilityBatch", { Entries: [1] }, "Expected null"],
    ["SendMessage", { MessageBody: 1 }, "NUMBER_VALUE can not be converted to a String"],
    ["SendMessage", { MessageBody: {} }, structure],
    ["SendMessage", { MessageBody, DelaySeconds: "1" }, "STRING_VALUE can not be converted to an Integer"],
    ["SendMessage", { MessageBody, DelaySeconds: true }, "TRUE_VALUE can not be converted to an Integer"],
    ["SendMessage", { MessageBody, DelaySeconds: 0.5 }, "NUMBER_VALUE can not be converted to an Integer"],
    ["SendMessage", { MessageBody, MessageAttributes: "x" }, "Expected map or null"],
    ["SendMessage", { MessageBody, MessageAttributes: [] }, list],
    ["SendMessage", { MessageBody, MessageAttributes: { a: "x" } }, "Expected null"],
    ["SendMessage", sent({ DataType: "String", StringValue: {} }), structure],
    ["SendMessage", sent({ DataType: "Binary", BinaryValue: "?" }), "Invalid Base64 encoding."],
    ["SendMessage", { MessageBody, MessageDeduplicationId: 1 }, "to a String"],
    ["GetQueueAttributes", { AttributeNames: "All" }, "Expected list or null"],
    ["GetQueueAttributes", { AttributeNames: [1] }, "to a String"],
    ["GetQueueUrl", { QueueName: [] }, list],
    ["ListQueues", { MaxResults: "1" }, "to an Integer"],
    ["StartMessageMoveTask", { SourceArn: {} }, structure],
    ["StartMessageMoveTask", { SourceArn: arnOf("dead"), MaxNumberOfMessagesPerSecond: "" }, "to an Integer"],
    ["ListMessageMoveTasks", { SourceArn: arnOf("dead"), MaxResults: [] }, list],
  ])("%s %j: %s", async (operation, input, words) => {
    const run = all();
    await expect(run(operation, input)).rejects.toMatchObject({
      code: "SerializationException",
      status: 400,
      message: expect.stringContaining(words) as unknown,
    });
    // Nothing of a batch was done.
    expect(await run("ReceiveMessage")).toEqual({});
  });

  it("takes nulls for what is left out, and ignores members that the API does not have", async () => {
    const run = all();
    await run("SendMessage", { MessageBody, DelaySeconds: null, MessageGroupId: null, Color: "red" });
    expect(await run("ReceiveMessage", { AttributeNames: null, WaitTimeSeconds: null })).toHaveProperty(
      "Messages",
    );
  });
});

const value = (given: unknown, name: string, rule: string) =>
  `Value ${String(given)} for parameter ${name} is invalid. Reason: ${rule}`;
const delays = "DelaySeconds must be >= 0 and <= 900.";
const visibility = "Must be >= 0 and <= 43200, if provided.";
const counts = "Must be between 1 and 10, if provided.";
const waits = "Must be >= 0 and <= 20, if provided.";
const groups = "MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.";
const fifo = "The request include parameter that is not valid for this queue type.";
const pages = "MaxResults must be an integer between 1 and 1000.";

describe("what the API reference bounds", () => {
  it.each([
    [
      "SendMessage",
      { MessageBody, DelaySeconds: 0 },
      { MessageBody, DelaySeconds: -1 },
      value(-1, "DelaySeconds", delays),
    ],
    [
      "SendMessage",
      { MessageBody, DelaySeconds: 900 },
      { MessageBody, DelaySeconds: 901 },
      value(901, "DelaySeconds", delays),
    ],
    [
      "ReceiveMessage",
      { MaxNumberOfMessages: 1 },
      { MaxNumberOfMessages: 0 },
      value(0, "MaxNumberOfMessages", counts),
    ],
    [
      "ReceiveMessage",
      { MaxNumberOfMessages: 10 },
      { MaxNumberOfMessages: 11 },
      value(11, "MaxNumberOfMessages", counts),
    ],
    [
      "ReceiveMessage",
      { VisibilityTimeout: 0 },
      { VisibilityTimeout: -1 },
      value(-1, "VisibilityTimeout", visibility),
    ],
    [
      "ReceiveMessage",
      { VisibilityTimeout: 43_200 },
      { VisibilityTimeout: 43_201 },
      value(43_201, "VisibilityTimeout", visibility),
    ],
    ["ReceiveMessage", { WaitTimeSeconds: 0 }, { WaitTimeSeconds: -1 }, value(-1, "WaitTimeSeconds", waits)],
    ["ReceiveMessage", {}, { WaitTimeSeconds: 21 }, value(21, "WaitTimeSeconds", waits)],
    ["ReceiveMessage", {}, { ReceiveRequestAttemptId: "a" }, value("a", "ReceiveRequestAttemptId", fifo)],
    [
      "ReceiveMessage",
      { MessageAttributeNames: ["a.*", ".*", "All"] },
      { MessageAttributeNames: ["a b"] },
      "The message attribute name 'a b' is invalid.",
    ],
    [
      "SendMessage",
      { MessageBody, MessageGroupId: "g".repeat(128) },
      { MessageBody, MessageGroupId: "g".repeat(129) },
      groups,
    ],
    [
      "SendMessage",
      { MessageBody, MessageGroupId: "!" },
      { MessageBody, MessageGroupId: " " },
      value(" ", "MessageGroupId", groups),
    ],
    [
      "SendMessage",
      { MessageBody, MessageGroupId: "0" },
      { MessageBody, MessageGroupId: "" },
      value("", "MessageGroupId", groups),
    ],
    [
      "SendMessage",
      { MessageBody },
      { MessageBody, MessageDeduplicationId: "x" },
      value("x", "MessageDeduplicationId", fifo),
    ],
    ["SendMessage", named("a".repeat(256)), named("a".repeat(257)), "name must be shorter than 256 bytes."],
    ["SendMessage", named("a.b"), named("a..b"), "attribute name 'a..b' is invalid"],
    ["SendMessage", named("awsome"), named("AWS.x"), "reserved for internal use"],
    ["SendMessage", named("amazonian"), named("Amazon.x"), "reserved for internal use"],
    ["SendMessage", named("a"), named(".a"), "attribute name '.a' is invalid"],
    ["SendMessage", named("a-_1"), named("a b"), "attribute name 'a b' is invalid"],
    [
      "SendMessage",
      named("a"),
      named(""),
      "The request must contain non-empty message (user) attribute names.",
    ],
    [
      "SendMessage",
      { MessageBody, MessageAttributes: attributes(10) },
      { MessageBody, MessageAttributes: attributes(11) },
      "Number of message attributes [11] exceeds the allowed maximum [10].",
    ],
    [
      "SendMessage",
      sent({ DataType: "String.ü", StringValue: "x" }),
      sent({ DataType: "Text", StringValue: "x" }),
      "The type of message (user) attribute 'a' is invalid. You must use only the following supported type prefixes: Binary, Number, String.",
    ],
    [
      "SendMessage",
      sent({ DataType: `String.${"t".repeat(249)}`, StringValue: "x" }),
      sent({ DataType: `String.${"t".repeat(250)}`, StringValue: "x" }),
      "Message (user) attribute type must be shorter than 256 bytes.",
    ],
    [
      "SendMessage",
      sent({ DataType: "String", StringValue: " " }),
      sent({ DataType: "String", StringValue: "" }),
      "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
    ],
    [
      "SendMessage",
      sent({ DataType: "Binary", BinaryValue: "AA==" }),
      sent({ DataType: "Binary", StringValue: "x" }),
      "must contain a non-empty value of type 'Binary'.",
    ],
    [
      "SendMessage",
      sent({ DataType: "Number", StringValue: "-1.5e3" }),
      sent({ DataType: "Number", StringValue: "world" }),
      "Can't cast the value of message (user) attribute 'a' to a number.",
    ],
    [
      "SendMessage",
      sent({ DataType: "Number.big", StringValue: "1" }),
      sent({ DataType: "Number.big", StringValue: "0x1" }),
      "to a number.",
    ],
    [
      "SendMessage",
      named("a"),
      sent({ DataType: "StringList", StringListValues: ["x"] }),
      "Message attribute list values in SendMessage operation are not supported.",
    ],
    [
      "SendMessage",
      named("a"),
      sent({}),
      "The message (user) attribute 'a' must contain a non-empty message attribute value.",
    ],
    [
      "SendMessage",
      system({ DataType: "String", StringValue: "Root=1" }),
      system({ DataType: "String", StringValue: "x" }, "Hello"),
      "Message system attribute name 'Hello' is invalid.",
    ],
    [
      "SendMessage",
      system({ DataType: "String", StringValue: "Root=1" }),
      system({ DataType: "Number", StringValue: "1" }),
      "It must be String.",
    ],
    ["ListQueues", { MaxResults: 1 }, { MaxResults: 0 }, value(0, "MaxResults", pages)],
    ["ListQueues", { MaxResults: 1000 }, { MaxResults: 1001 }, value(1001, "MaxResults", pages)],
    ["ListQueues", {}, { NextToken: "made up" }, value("made up", "NextToken", "The token is invalid.")],
    [
      "GetQueueUrl",
      { QueueName: "jobs" },
      { QueueName: "" },
      "Value for parameter QueueName is invalid. Reason: Must specify a queue name.",
    ],
    [
      "ListMessageMoveTasks",
      { SourceArn: arnOf("dead"), MaxResults: 1 },
      { SourceArn: arnOf("dead"), MaxResults: 0 },
      "Value for parameter MaxResults is invalid.",
    ],
    [
      "ListMessageMoveTasks",
      { SourceArn: arnOf("dead"), MaxResults: 10 },
      { SourceArn: arnOf("dead"), MaxResults: 11 },
      "Value for parameter MaxResults is invalid.",
    ],
    [
      "ListMessageMoveTasks",
      { SourceArn: arnOf("dead") },
      { SourceArn: "dead" },
      "You must use this format to specify the SourceArn: arn:<partition>:<service>:<region>:<account-id>:<resource-id>",
    ],
    [
      "StartMessageMoveTask",
      { SourceArn: arnOf("dead"), MaxNumberOfMessagesPerSecond: 1 },
      { SourceArn: arnOf("dead"), MaxNumberOfMessagesPerSecond: 0 },
      "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a number that's between 1 and 500.",
    ],
    [
      "StartMessageMoveTask",
      { SourceArn: arnOf("dead"), MaxNumberOfMessagesPerSecond: 500 },
      { SourceArn: arnOf("dead"), MaxNumberOfMessagesPerSecond: 501 },
      "between 1 and 500.",
    ],
    [
      "StartMessageMoveTask",
      { SourceArn: arnOf("dead") },
      { SourceArn: arnOf("dead"), DestinationArn: "" },
      "You must use this format to specify the DestinationArn",
    ],
    [
      "StartMessageMoveTask",
      { SourceArn: arnOf("dead") },
      { SourceArn: arnOf("dead"), DestinationArn: arnOf("dead") },
      "Source queue arn and destination queue arn cannot be the same.",
    ],
    [
      "StartMessageMoveTask",
      { SourceArn: arnOf("dead") },
      { SourceArn: arnOf("jobs") },
      "Source queue must be configured as a Dead Letter Queue.",
    ],
  ])("%s takes %j, and refuses %j: %s", async (operation, taken, refused, words) => {
    await expect(all()(operation, taken)).resolves.toBeDefined();
    await expect(all()(operation, refused)).rejects.toMatchObject({
      code: "InvalidParameterValue",
      status: 400,
      message: expect.stringContaining(words) as unknown,
    });
  });

  it.each([
    ["SendMessage", {}, "MessageBody"],
    ["SendMessage", { MessageBody: "" }, "MessageBody"],
    ["SendMessage", { QueueUrl: "", MessageBody }, "QueueUrl"],
    ["SendMessageBatch", {}, "Entries"],
    [
      "SendMessageBatch",
      { Entries: [{ Id: "1", MessageBody }, { MessageBody }] },
      "SendMessageBatchRequestEntry.2.Id",
    ],
    ["DeleteMessageBatch", { Entries: [{ ReceiptHandle }] }, "DeleteMessageBatchRequestEntry.1.Id"],
    ["DeleteMessage", {}, "ReceiptHandle"],
    ["DeleteMessage", { ReceiptHandle: " " }, "ReceiptHandle"],
    ["ChangeMessageVisibility", { VisibilityTimeout: 1 }, "ReceiptHandle"],
    ["ChangeMessageVisibility", { ReceiptHandle }, "VisibilityTimeout"],
    ["GetQueueUrl", {}, "QueueName"],
    ["StartMessageMoveTask", {}, "SourceArn"],
    ["ListMessageMoveTasks", {}, "SourceArn"],
    ["CancelMessageMoveTask", {}, "TaskHandle"],
  ])("%s %j lacks %s", async (operation, input, parameter) => {
    await expect(all()(operation, input)).rejects.toMatchObject({
      code: "MissingParameter",
      message: `The request must contain the parameter ${parameter}.`,
    });
  });

  it.each([
    ["GetQueueAttributes", { AttributeNames: ["Color"] }, "InvalidAttributeName", "Unknown Attribute Color."],
    [
      "GetQueueAttributes",
      { AttributeNames: ["SenderId"] },
      "InvalidAttributeName",
      "Unknown Attribute SenderId.",
    ],
    ["ReceiveMessage", { AttributeNames: ["Color"] }, "InvalidAttributeName", "Unknown Attribute Color."],
    [
      "ReceiveMessage",
      { MessageSystemAttributeNames: ["All", "x"] },
      "InvalidAttributeName",
      "Unknown Attribute x.",
    ],
    [
      "SendMessage",
      { QueueUrl: "jobs", MessageBody },
      "InvalidAddress",
      "The address jobs is not valid for this endpoint.",
    ],
    [
      "SendMessage",
      { QueueUrl: "https://sqs/999999999999/jobs", MessageBody },
      "QueueDoesNotExist",
      "The specified queue does not exist.",
    ],
    [
      "GetQueueUrl",
      { QueueName: "jobs", QueueOwnerAWSAccountId: "999999999999" },
      "QueueDoesNotExist",
      "does not exist",
    ],
    [
      "SendMessage",
      sent({ DataType: "String", StringValue: "\u0000" }),
      "InvalidMessageContents",
      "Invalid characters found.",
    ],
    ["DeleteMessage", { ReceiptHandle: "x" }, "ReceiptHandleIsInvalid", "The input receipt handle"],
    [
      "ChangeMessageVisibility",
      { ReceiptHandle: "x", VisibilityTimeout: 1 },
      "ReceiptHandleIsInvalid",
      "The input receipt handle",
    ],
    [
      "ChangeMessageVisibility",
      { ReceiptHandle, VisibilityTimeout: 1 },
      "MessageNotInflight",
      "not in flight",
    ],
    [
      "CancelMessageMoveTask",
      { TaskHandle: "x" },
      "InvalidParameterValue",
      "Value for parameter TaskHandle is invalid.",
    ],
    ["TagQueue", { Tags: {} }, "UnsupportedOperation", "TagQueue is not supported by the local SQS."],
    ["Dance", {}, "UnknownOperationException", "Dance"],
  ])("%s %j is %s: %s", async (operation, input, code, words) => {
    await expect(all()(operation, input)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words) as unknown,
    });
  });

  it("distinguishes a task of another queue, or no task, from an invalid handle", async () => {
    const cancel = (sourceArn: string) =>
      all()("CancelMessageMoveTask", {
        TaskHandle: Buffer.from(JSON.stringify({ taskId: "x", sourceArn })).toString("base64"),
      });
    await expect(cancel(arnOf("none"))).rejects.toMatchObject({
      code: "ResourceNotFoundException",
      message: "The resource that you specified for the SourceArn parameter doesn't exist.",
      status: 404,
    });
    await expect(cancel(arnOf("dead"))).rejects.toMatchObject({ message: "Task does not exist." });
  });
});

describe("a batch", () => {
  it.each([
    [ids("a", "b"), ids("a", "a"), "BatchEntryIdsNotDistinct", "Id a repeated."],
    [ids("a".repeat(80)), ids("a".repeat(81)), "InvalidBatchEntryId", "It can be at most 80 letters long."],
    [ids("a-_1"), ids("a.b"), "InvalidBatchEntryId", "alphanumeric characters, hyphens and underscores"],
    [ids("a"), ids(""), "InvalidBatchEntryId", "A batch entry id can only contain"],
    [numbered(10), numbered(11), "TooManyEntriesInBatchRequest", "per request are 10. You have sent 11."],
    [
      numbered(1),
      numbered(0),
      "EmptyBatchRequest",
      "There should be at least one SendMessageBatchRequestEntry in the request.",
    ],
  ])("is taken as %j, and refused as %j: %s", async (taken, refused, code, message) => {
    await expect(all()("SendMessageBatch", taken)).resolves.toHaveProperty("Successful");
    await expect(all()("SendMessageBatch", refused)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
    });
  });

  it("may hold 1 MiB of bodies and attributes, and not a byte more", async () => {
    const run = all();
    const entries = (size: number) => ({
      Entries: [
        { Id: "a", MessageBody: "x".repeat(524_288) },
        { Id: "b", MessageBody: "x".repeat(size), ...sentAttribute },
      ],
    });
    const sentAttribute = { MessageAttributes: { a: { DataType: "String", StringValue: "1" } } };
    await expect(run("SendMessageBatch", entries(524_280))).resolves.not.toHaveProperty("Failed");
    await expect(run("SendMessageBatch", entries(524_281))).rejects.toMatchObject({
      code: "BatchRequestTooLong",
      message: "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
    });
  });
});
