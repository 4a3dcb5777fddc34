import { parseXml, type Xml } from "../../../src/aws/s3/xml.ts";
import { describe, expect, it } from "@jest/globals";
import type { Resource } from "../../../src/base/graph.ts";
import { type FrontDoor, openFrontDoor } from "../front-door.ts";
import { send, sign } from "../gateway/support.ts";
import { allow, queue, role } from "../graph.ts";
import { arnOf, awsUrl, start } from "./support.ts";

const namespace = 'xmlns="http://queue.amazonaws.com/doc/2012-11-05/"';
const form = { "content-type": "application/x-www-form-urlencoded" };
const everything = role("worker", allow("sqs:*", "*"));

async function open(...resources: readonly Resource[]) {
  const { graph, sqs } = start([queue("jobs"), ...resources]);
  return openFrontDoor(graph, () => [sqs]);
}

/** One signed request of the query protocol. */
async function ask(door: FrontDoor, parameters: Record<string, string>, path = "/") {
  const body = new URLSearchParams({ Version: "2012-11-05", ...parameters }).toString();
  const headers = await sign(door, { service: "sqs", path, headers: form, body });
  const { status, headers: answered, text } = await send(door, "POST", path, headers, body);
  return { status, type: answered["content-type"], text, xml: plain(parseXml(text)) };
}

/** Elements as an object: lists for names that come more than once. */
function plain(xml: Xml | undefined): unknown {
  if (xml === undefined || xml.children.length === 0) {
    return xml?.text;
  }
  const members: Record<string, unknown> = {};
  for (const child of xml.children) {
    const before = members[child.name];
    const value = plain(child);
    members[child.name] =
      before === undefined ? value : [...(Array.isArray(before) ? (before as unknown[]) : [before]), value];
  }
  return members;
}

const jobs = { QueueUrl: awsUrl("jobs") };
const metadata = { RequestId: expect.any(String) };

describe("a client of SQS that uses the query protocol", () => {
  it("sends, receives and deletes a message with its attributes", async () => {
    const door = await open(...everything);
    const sent = await ask(door, {
      ...{ Action: "SendMessage", ...jobs, MessageBody: "<one> &\t\r\n two" },
      "MessageAttribute.1.Name": "kind",
      "MessageAttribute.1.Value.DataType": "String",
      "MessageAttribute.1.Value.StringValue": "a",
      "MessageAttribute.2.Name": "bytes",
      "MessageAttribute.2.Value.DataType": "Binary",
      "MessageAttribute.2.Value.BinaryValue": "AAE=",
      "MessageSystemAttribute.1.Name": "AWSTraceHeader",
      "MessageSystemAttribute.1.Value.DataType": "String",
      "MessageSystemAttribute.1.Value.StringValue": "Root=1",
    });
    expect(sent).toMatchObject({ status: 200, type: "text/xml" });
    expect(sent.text.startsWith(`<SendMessageResponse ${namespace}><SendMessageResult><MessageId>`)).toBe(
      true,
    );
    const received = await ask(door, {
      ...{ Action: "ReceiveMessage", ...jobs, MaxNumberOfMessages: "10" },
      ...{ "AttributeName.1": "SentTimestamp", "AttributeName.2": "AWSTraceHeader" },
      ...{ "MessageAttributeName.1": "All" },
    });
    expect(received.xml).toEqual({
      ReceiveMessageResult: {
        Message: {
          MessageId: expect.any(String),
          ReceiptHandle: expect.any(String),
          MD5OfBody: expect.any(String),
          Body: "<one> &\t\r\n two",
          Attribute: expect.arrayContaining([
            { Name: "SentTimestamp", Value: expect.stringMatching(/^\d{13}$/) },
            { Name: "AWSTraceHeader", Value: "Root=1" },
          ]),
          MD5OfMessageAttributes: expect.any(String),
          MessageAttribute: expect.arrayContaining([
            { Name: "kind", Value: { DataType: "String", StringValue: "a" } },
            { Name: "bytes", Value: { DataType: "Binary", BinaryValue: "AAE=" } },
          ]),
        },
      },
      ResponseMetadata: metadata,
    });
    // Older SDKs read no other reference than this.
    expect(received.text).toContain("<Body>&lt;one&gt; &amp;\t&#xD;\n two</Body>");
    const [, ReceiptHandle = ""] = /<ReceiptHandle>(.*?)<\/ReceiptHandle>/.exec(received.text) ?? [];
    const deleted = await ask(door, { Action: "DeleteMessage", ...jobs, ReceiptHandle });
    // An operation without a result has no element for it.
    expect(deleted.text).toMatch(
      /^<DeleteMessageResponse [^>]*><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/DeleteMessageResponse>$/,
    );
    expect((await ask(door, { Action: "ReceiveMessage", ...jobs })).xml).toMatchObject({
      ReceiveMessageResult: "",
    });
  });

  it("names its queue by the path of the request, too", async () => {
    const door = await open(...everything);
    const path = new URL(awsUrl("jobs")).pathname;
    expect(await ask(door, { Action: "SendMessage", MessageBody: "one" }, path)).toMatchObject({
      status: 200,
    });
    const { xml } = await ask(door, { Action: "GetQueueAttributes", ...jobs, "AttributeName.1": "All" });
    const { GetQueueAttributesResult } = xml as { GetQueueAttributesResult: { Attribute: unknown[] } };
    expect(GetQueueAttributesResult.Attribute).toContainEqual({
      ...{ Name: "ApproximateNumberOfMessages", Value: "1" },
    });
  });

  it("sends and deletes batches, in which an entry may fail", async () => {
    const door = await open(...everything);
    const sent = await ask(door, {
      ...{ Action: "SendMessageBatch", ...jobs },
      "SendMessageBatchRequestEntry.1.Id": "first",
      "SendMessageBatchRequestEntry.1.MessageBody": "one",
      "SendMessageBatchRequestEntry.2.Id": "late",
      "SendMessageBatchRequestEntry.2.MessageBody": "two",
      "SendMessageBatchRequestEntry.2.DelaySeconds": "901",
    });
    expect(sent.xml).toMatchObject({
      SendMessageBatchResult: {
        SendMessageBatchResultEntry: { Id: "first", MessageId: expect.any(String) },
        BatchResultErrorEntry: { Id: "late", Code: "InvalidParameterValue", SenderFault: "true" },
      },
    });
    const { text } = await ask(door, { Action: "ReceiveMessage", ...jobs });
    const [, ReceiptHandle = ""] = /<ReceiptHandle>(.*?)<\/ReceiptHandle>/.exec(text) ?? [];
    const changed = await ask(door, {
      ...{ Action: "ChangeMessageVisibilityBatch", ...jobs },
      "ChangeMessageVisibilityBatchRequestEntry.1.Id": "a",
      "ChangeMessageVisibilityBatchRequestEntry.1.ReceiptHandle": ReceiptHandle,
      "ChangeMessageVisibilityBatchRequestEntry.1.VisibilityTimeout": "0",
    });
    expect(changed.xml).toMatchObject({
      ChangeMessageVisibilityBatchResult: { ChangeMessageVisibilityBatchResultEntry: { Id: "a" } },
    });
    const deleted = await ask(door, {
      ...{ Action: "DeleteMessageBatch", ...jobs },
      "DeleteMessageBatchRequestEntry.1.Id": "a",
      "DeleteMessageBatchRequestEntry.1.ReceiptHandle": ReceiptHandle,
    });
    expect(deleted.xml).toMatchObject({
      DeleteMessageBatchResult: { DeleteMessageBatchResultEntry: { Id: "a" } },
    });
  });

  it("finds queues, in a list of any length, and moves dead letters back", async () => {
    const redrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 1 });
    const door = await open(...everything, queue("dead"), queue("work", { redrivePolicy }));
    expect((await ask(door, { Action: "GetQueueUrl", QueueName: "jobs" })).xml).toMatchObject({
      GetQueueUrlResult: { QueueUrl: `${door.url}${new URL(awsUrl("jobs")).pathname}` },
    });
    const urlOf = (name: string) => expect.stringMatching(new RegExp(`/${name}$`));
    expect((await ask(door, { Action: "ListQueues" })).xml).toMatchObject({
      ListQueuesResult: { QueueUrl: [urlOf("jobs"), urlOf("dead"), urlOf("work")] },
    });
    expect((await ask(door, { Action: "ListQueues", QueueNamePrefix: "none" })).xml).toMatchObject({
      ListQueuesResult: "",
    });
    const sources = { Action: "ListDeadLetterSourceQueues", QueueUrl: awsUrl("dead") };
    expect((await ask(door, sources)).xml).toMatchObject({
      ListDeadLetterSourceQueuesResult: { QueueUrl: urlOf("work") },
    });
    const dead = { SourceArn: arnOf("dead") };
    expect((await ask(door, { Action: "StartMessageMoveTask", ...dead })).xml).toMatchObject({
      StartMessageMoveTaskResult: { TaskHandle: expect.any(String) },
    });
    expect((await ask(door, { Action: "ListMessageMoveTasks", ...dead })).xml).toMatchObject({
      ListMessageMoveTasksResult: { ListMessageMoveTasksResultEntry: { SourceArn: arnOf("dead") } },
    });
  });

  it.each([
    [404, "InvalidAddress", { Action: "SendMessage", QueueUrl: "jobs", MessageBody: "one" }],
    [
      400,
      "AWS.SimpleQueueService.NonExistentQueue",
      { Action: "SendMessage", QueueUrl: awsUrl("none"), MessageBody: "one" },
    ],
    [400, "MissingParameter", { Action: "SendMessage", ...jobs }],
    [400, "InvalidParameterValue", { Action: "ReceiveMessage", ...jobs, MaxNumberOfMessages: "11" }],
    [400, "MalformedInput", { Action: "ReceiveMessage", ...jobs, MaxNumberOfMessages: "many" }],
    [400, "MalformedInput", { Action: "ReceiveMessage", ...jobs, "MaxNumberOfMessages.1": "1" }],
    [400, "MalformedInput", { Action: "GetQueueAttributes", ...jobs, AttributeName: "All" }],
    [
      400,
      "MalformedInput",
      { Action: "SendMessage", ...jobs, MessageBody: "1", "MessageAttribute.1.Name": "a" },
    ],
    [
      400,
      "AWS.SimpleQueueService.EmptyBatchRequest",
      { Action: "DeleteMessageBatch", ...jobs, DeleteMessageBatchRequestEntry: "" },
    ],
    [400, "AWS.SimpleQueueService.UnsupportedOperation", { Action: "CreateQueue", QueueName: "more" }],
    [400, "InvalidAction", { Action: "Sing", ...jobs }],
    [400, "MissingAction", {}],
  ])("gets a refusal in XML: %s %s", async (status, code, parameters) => {
    const door = await open(...everything);
    const answer = await ask(door, parameters);
    expect(answer).toMatchObject({
      ...{ status, type: "text/xml" },
      xml: { Error: { Type: "Sender", Code: code, Message: expect.stringMatching(/./) } },
    });
    expect(answer.text.startsWith(`<ErrorResponse ${namespace}>`)).toBe(true);
  });

  it("needs the permission of its role, and a signature of its body", async () => {
    const door = await open(...role("worker", allow("sqs:ReceiveMessage", arnOf("jobs"))));
    expect(await ask(door, { Action: "ReceiveMessage", ...jobs })).toMatchObject({ status: 200 });
    expect(await ask(door, { Action: "SendMessage", ...jobs, MessageBody: "one" })).toMatchObject({
      status: 403,
      xml: { Error: { Code: "AccessDenied", Message: expect.stringContaining("sqs:SendMessage") } },
    });
    const body = new URLSearchParams({ Action: "ReceiveMessage", ...jobs }).toString();
    const headers = await sign(door, { service: "sqs", headers: form, body });
    const other = body.replace("Receive", "Send");
    const changed = await send(door, "POST", "/", headers, other);
    expect([changed.status, plain(parseXml(changed.text))]).toEqual([
      403,
      expect.objectContaining({ Error: expect.objectContaining({ Code: "SignatureDoesNotMatch" }) }),
    ]);
    const unknown = headers["authorization"]?.replace(/Credential=\w+/, "Credential=AKIAUNKNOWN");
    const outsider = await send(door, "POST", "/", { ...headers, authorization: unknown }, body);
    expect([outsider.status, plain(parseXml(outsider.text))]).toEqual([
      403,
      expect.objectContaining({ Error: expect.objectContaining({ Code: "InvalidClientTokenId" }) }),
    ]);
  });

  it("reads what a client of the JSON protocol has sent, whose errors are JSON", async () => {
    const door = await open(...everything);
    const json = async (operation: string, input: object) => {
      const body = JSON.stringify(input);
      const headers = await sign(door, {
        ...{ service: "sqs", body },
        headers: { "x-amz-target": `AmazonSQS.${operation}`, "content-type": "application/x-amz-json-1.0" },
      });
      const { status, headers: answered, text } = await send(door, "POST", "/", headers, body);
      return { status, code: answered["x-amzn-query-error"], answer: JSON.parse(text) as unknown };
    };
    expect(await json("SendMessage", { ...jobs, MessageBody: "from JSON" })).toMatchObject({
      ...{ status: 200, answer: { MessageId: expect.any(String) } },
    });
    expect((await ask(door, { Action: "ReceiveMessage", ...jobs })).text).toContain("<Body>from JSON</Body>");
    expect(await json("SendMessage", { QueueUrl: awsUrl("none"), MessageBody: "one" })).toMatchObject({
      ...{ status: 400, code: "AWS.SimpleQueueService.NonExistentQueue;Sender" },
      answer: { __type: "QueueDoesNotExist" },
    });
  });
});
