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
import { afterEach, describe, expect, it } from "@jest/globals";
import { createIam } from "../../../../local/aws/iam/index.ts";
import type { Principal, Service, Storage } from "../../../../local/aws/service.ts";
import { createSqs } from "../../../../local/aws/sqs/index.ts";
import type { Sqs } from "../../../../local/aws/sqs/index.ts";
import type { InputsOf, Resource } from "../../../../local/graph.ts";
import { openFrontDoor } from "../front-door.ts";
import {
  accountId,
  allow,
  graphOf,
  policy,
  queue,
  region,
  resource,
  role,
  roleArn,
  temporaryStorage,
} from "../graph.ts";

const running: Sqs[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sqs) => sqs.stop()));
});

const arnOf = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
const awsUrl = (name: string) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
const all = role("admin", allow("sqs:*", "*"));
const admin: Principal = {
  kind: "role",
  roleArn: roleArn("admin"),
  sessionArn: `arn:aws:sts::${accountId}:assumed-role/admin/local`,
};

interface Options {
  readonly storage?: Storage;
  readonly clock?: () => number;
}

function start(resources: readonly Resource[], { storage = temporaryStorage(true), clock }: Options = {}) {
  const graph = graphOf(...resources, ...all);
  const iam = createIam(graph, temporaryStorage());
  const sqs = createSqs({ graph, iam, storage, region, accountId, ...(clock && { clock }) });
  running.push(sqs);
  return { graph, sqs };
}

const jobs = (inputs: InputsOf["aws:sqs/queue:Queue"] = {}) => queue("jobs", inputs);

async function clientOf(roleName: string, ...resources: readonly Resource[]) {
  const { graph, sqs } = start(resources);
  const door = await openFrontDoor(graph, () => [sqs]);
  return { door, client: new SQSClient(door.client(roleName)) };
}

/** One operation of the admin on `jobs`, in process. */
function runner(sqs: Sqs) {
  return (
    operation: string,
    input: Readonly<Record<string, unknown>> = {},
    name = "jobs",
    signal?: AbortSignal,
  ) => sqs.execute(admin, operation, { QueueUrl: awsUrl(name), ...input }, signal);
}

const messagesOf = (output: Record<string, unknown>) =>
  (output["Messages"] ?? []) as {
    ReceiptHandle: string;
    Body: string;
    Attributes?: Record<string, string>;
  }[];

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

  it("is told of each entry of a batch", async () => {
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

  it("is not handed messages after it hung up", async () => {
    const { graph, sqs } = start([jobs()]);
    const arrived = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const watched: Service = {
      ...sqs,
      handle(call) {
        arrived.resolve();
        return sqs.handle(call).finally(() => ended.resolve());
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
    await sqs.deliver(s3, arnOf("jobs"), "event", uploads);
    expect(messagesOf(await runner(sqs)("ReceiveMessage"))).toMatchObject([{ Body: "event" }]);
    await expect(sqs.deliver(s3, arnOf("jobs"), "event", "arn:aws:s3:::other")).rejects.toThrow(
      "no resource-based policy",
    );
    const sns: Principal = { kind: "service", service: "sns.amazonaws.com" };
    await expect(sqs.deliver(sns, arnOf("jobs"), "event", uploads)).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
  });
});

describe("a data folder", () => {
  it("keeps messages, those in flight too, and takes changed attributes", async () => {
    const storage = temporaryStorage();
    const first = start([jobs()], { storage }).sqs;
    await runner(first)("SendMessage", { MessageBody: "waiting" });
    await runner(first)("SendMessage", { MessageBody: "waiting too" });
    const [held] = messagesOf(await runner(first)("ReceiveMessage"));
    await first.stop();
    const run = runner(start([jobs({ visibilityTimeoutSeconds: 77 })], { storage }).sqs);
    expect(messagesOf(await run("ReceiveMessage", { MaxNumberOfMessages: 10 }))).toHaveLength(1);
    await run("DeleteMessage", { ReceiptHandle: held?.ReceiptHandle });
    expect(
      await run("GetQueueAttributes", {
        AttributeNames: ["VisibilityTimeout", "ApproximateNumberOfMessagesNotVisible"],
      }),
    ).toEqual({
      Attributes: { VisibilityTimeout: "77", ApproximateNumberOfMessagesNotVisible: "1" },
    });
  });
});

describe("boot", () => {
  it("stops at a FIFO queue and at a dead-letter queue that is not declared", () => {
    expect(() => start([queue("jobs.fifo", { fifoQueue: true })])).toThrow(
      "jobs.fifo: FIFO queues are not supported",
    );
    const redrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 2 });
    expect(() => start([jobs({ redrivePolicy })])).toThrow(`${arnOf("dead")} is not declared`);
  });
});
