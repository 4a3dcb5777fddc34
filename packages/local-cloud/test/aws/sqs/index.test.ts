import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "@jest/globals";
import { AwsError, type Principal, type Service } from "../../../src/base/service.ts";
import { openFrontDoor } from "../front-door.ts";
import { accountId, allow, policy, queue, resource, role, temporaryStorage } from "../graph.ts";
import { arnOf, awsUrl, clientOf, jobs, messagesOf, runner, start } from "./support.ts";

describe("an SDK client", () => {
  it("sends, receives and deletes, its digests checked, by the program's URL or by the front door's", async () => {
    const { client, door } = await clientOf("admin", jobs());
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: "jobs" }));
    expect(QueueUrl).toBe(`${door.url}/${accountId}/jobs`);
    expect((await client.send(new ListQueuesCommand({}))).QueueUrls).toEqual([QueueUrl]);
    for (const url of [QueueUrl, awsUrl("jobs")]) {
      const MessageAttributes = {
        kind: { DataType: "String", StringValue: "é" },
        data: { DataType: "Binary", BinaryValue: Buffer.from([1, 2, 255]) },
      };
      const sent = await client.send(
        new SendMessageCommand({ QueueUrl: url, MessageBody: "hello", MessageAttributes }),
      );
      expect(sent.MD5OfMessageAttributes).toMatch(/^[0-9a-f]{32}$/);
      const receive = {
        QueueUrl: url,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All" as const],
      };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand(receive));
      expect(Messages).toMatchObject([
        {
          MessageId: sent.MessageId,
          Body: "hello",
          MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
          MessageAttributes: {
            kind: { StringValue: "é" },
            data: { BinaryValue: new Uint8Array([1, 2, 255]) },
          },
          Attributes: { ApproximateReceiveCount: "1", SenderId: "AROAADMIN:local" },
        },
      ]);
      await client.send(
        new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: Messages[0]?.ReceiptHandle }),
      );
    }
    const attributes = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
    expect((await client.send(attributes)).Attributes).toMatchObject({
      QueueArn: arnOf("jobs"),
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
    });
  });

  it("has a result for each entry of a batch", async () => {
    const { client } = await clientOf("admin", jobs());
    const QueueUrl = awsUrl("jobs");
    const Entries = [
      { Id: "a", MessageBody: "1" },
      { Id: "b", MessageBody: "\u0000" },
    ];
    const sent = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(sent.Successful).toMatchObject([{ Id: "a" }]);
    expect(sent.Failed).toMatchObject([{ Id: "b", Code: "InvalidMessageContents", SenderFault: true }]);
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    const handles = [
      { Id: "x", ReceiptHandle: Messages[0]?.ReceiptHandle },
      { Id: "y", ReceiptHandle: "made up" },
    ];
    const deleted = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: handles }));
    expect(deleted).toMatchObject({
      Successful: [{ Id: "x" }],
      Failed: [{ Id: "y", Code: "ReceiptHandleIsInvalid" }],
    });
    const twice = {
      QueueUrl,
      Entries: [
        { Id: "a", MessageBody: "1" },
        { Id: "a", MessageBody: "2" },
      ],
    };
    await expect(client.send(new SendMessageBatchCommand(twice))).rejects.toMatchObject({
      name: "BatchEntryIdsNotDistinct",
    });
  });

  it("is denied by name what its role lacks; a batch needs what its entries need", async () => {
    const { client } = await clientOf(
      "reader",
      jobs(),
      ...role("reader", allow("sqs:ReceiveMessage", arnOf("jobs"))),
    );
    const QueueUrl = awsUrl("jobs");
    await client.send(new ReceiveMessageCommand({ QueueUrl }));
    const message = `User: arn:aws:sts::${accountId}:assumed-role/reader/local is not authorized to perform: sqs:SendMessage on resource: ${arnOf("jobs")} because no identity-based policy allows the sqs:SendMessage action`;
    const denied = { name: "AccessDenied", message };
    await expect(client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }))).rejects.toMatchObject(
      denied,
    );
    const Entries = [{ Id: "a", MessageBody: "1" }];
    await expect(client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toMatchObject(
      denied,
    );
    await expect(client.send(new CreateQueueCommand({ QueueName: "new" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });

  it("finds only what the program declares", async () => {
    const { client } = await clientOf("admin", jobs());
    await expect(
      client.send(new SendMessageCommand({ QueueUrl: awsUrl("none"), MessageBody: "x" })),
    ).rejects.toMatchObject({
      name: "QueueDoesNotExist",
    });
    await expect(client.send(new CreateQueueCommand({ QueueName: "none" }))).rejects.toThrow(
      "CreateQueue is not supported",
    );
  });

  it("finds queues by their beginning, page by page", async () => {
    const dead = {
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 1 }),
    };
    const { sqs } = start([queue("jobs", dead), queue("jokes", dead), queue("dead"), queue("joy")]);
    const run = runner(sqs);
    const first = await run("ListQueues", { QueueNamePrefix: "jo", MaxResults: 2 });
    expect(first).toEqual({
      QueueUrls: [awsUrl("jobs"), awsUrl("jokes")],
      NextToken: expect.any(String) as unknown,
    });
    const { NextToken } = first;
    expect(await run("ListQueues", { QueueNamePrefix: "jo", MaxResults: 2, NextToken })).toEqual({
      QueueUrls: [awsUrl("joy")],
    });
    expect(await run("ListQueues", { QueueNamePrefix: "none" })).toEqual({});
    expect(await run("ListDeadLetterSourceQueues", {}, "dead")).toEqual({
      queueUrls: [awsUrl("jobs"), awsUrl("jokes")],
    });
    expect(await run("ListDeadLetterSourceQueues", { MaxResults: 1 }, "dead")).toEqual({
      queueUrls: [awsUrl("jobs")],
      NextToken: expect.any(String) as unknown,
    });
  });

  it("gets the group of a fair queue and the trace of a message back", async () => {
    const { client } = await clientOf("admin", jobs());
    const QueueUrl = awsUrl("jobs");
    const AWSTraceHeader = { DataType: "String", StringValue: "Root=1-a" };
    const sent = await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: "x",
        MessageGroupId: "tenant-1",
        MessageSystemAttributes: { AWSTraceHeader },
      }),
    );
    expect(sent.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
    const MessageSystemAttributeNames = ["MessageGroupId" as const, "AWSTraceHeader" as const];
    const { Messages } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames }),
    );
    expect(Messages?.[0]?.Attributes).toEqual({ MessageGroupId: "tenant-1", AWSTraceHeader: "Root=1-a" });
  });

  it.each([
    ["InvalidParameterValue", { MaxNumberOfMessages: 11 }],
    ["InvalidAttributeName", { AttributeNames: ["Color" as "All"] }],
    ["InvalidAddress", { QueueUrl: "jobs" }],
    ["QueueDoesNotExist", { QueueUrl: awsUrl("none") }],
  ])("knows %s by its name", async (name, input) => {
    const { client } = await clientOf("admin", jobs());
    await expect(
      client.send(new ReceiveMessageCommand({ QueueUrl: awsUrl("jobs"), ...input })),
    ).rejects.toMatchObject({
      name,
    });
  });

  it("is not handed messages after it hung up", async () => {
    const { graph, sqs } = start([jobs()]);
    const arrived = Promise.withResolvers<undefined>();
    const ended = Promise.withResolvers<undefined>();
    const watched: Service = {
      ...sqs,
      handle(call) {
        arrived.resolve(undefined);
        return sqs.handle(call).finally(() => ended.resolve(undefined));
      },
    };
    const door = await openFrontDoor(graph, () => [watched]);
    const client = new SQSClient(door.client("admin"));
    const hangUp = new AbortController();
    const receive = new ReceiveMessageCommand({ QueueUrl: awsUrl("jobs"), WaitTimeSeconds: 20 });
    const poll = client.send(receive, { abortSignal: hangUp.signal });
    await arrived.promise;
    hangUp.abort();
    await expect(poll).rejects.toMatchObject({ name: "AbortError" });
    await ended.promise;
    await runner(sqs)("SendMessage", { MessageBody: "x" });
    expect(messagesOf(await runner(sqs)("ReceiveMessage"))).toHaveLength(1);
  });
});

describe("deliver", () => {
  const s3: Principal = { kind: "service", service: "s3.amazonaws.com" };
  const uploads = "arn:aws:s3:::uploads";

  it("sends for a service that the queue's policy lets in from there", async () => {
    const document = policy({
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arnOf("jobs"),
      Condition: {
        ArnEquals: { "aws:SourceArn": uploads },
        StringEquals: { "aws:SourceAccount": accountId },
      },
    });
    const attached = resource("aws:sqs/queuePolicy:QueuePolicy", "p", {
      queueUrl: awsUrl("jobs"),
      policy: document,
    });
    const { sqs } = start([jobs(), attached]);
    await sqs.receive(s3, arnOf("jobs"), { body: "event" }, uploads);
    expect(messagesOf(await runner(sqs)("ReceiveMessage"))).toMatchObject([{ Body: "event" }]);
    await expect(sqs.receive(s3, arnOf("jobs"), { body: "event" }, "arn:aws:s3:::other")).rejects.toThrow(
      "no resource-based policy",
    );
    const sns: Principal = { kind: "service", service: "sns.amazonaws.com" };
    await expect(sqs.receive(sns, arnOf("jobs"), { body: "event" }, uploads)).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
  });
});

describe("a data folder", () => {
  it("keeps messages, gives those in flight out again, and takes changed attributes", async () => {
    const storage = temporaryStorage();
    const first = start([jobs()], { storage }).sqs;
    await runner(first)("SendMessage", { MessageBody: "held" });
    await runner(first)("SendMessage", { MessageBody: "waiting" });
    await runner(first)("ReceiveMessage");
    await first.stop();
    const run = runner(start([jobs({ visibilityTimeoutSeconds: 77 })], { storage }).sqs);
    const again = messagesOf(
      await run("ReceiveMessage", { MaxNumberOfMessages: 10, AttributeNames: ["ApproximateReceiveCount"] }),
    );
    expect(again.map(({ Body }) => Body).sort()).toEqual(["held", "waiting"]);
    expect(await run("GetQueueAttributes", { AttributeNames: ["VisibilityTimeout"] })).toEqual({
      Attributes: { VisibilityTimeout: "77" },
    });
  });
});

describe("boot", () => {
  it("stops at a dead-letter queue that is not declared", () => {
    const redrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 2 });
    expect(() => start([jobs({ redrivePolicy })])).toThrow(
      new AwsError(
        "InvalidInput",
        `Queue jobs: redrivePolicy names ${arnOf("dead")}, which is not declared.`,
      ),
    );
  });
});
