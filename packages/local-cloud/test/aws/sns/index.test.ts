import { readdirSync } from "node:fs";
import {
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
} from "@aws-sdk/client-sns";
import { afterEach, describe, expect, it } from "@jest/globals";
import { createIam } from "../../../src/aws/iam/index.ts";
import type { Principal, Storage } from "../../../src/base/service.ts";
import { createSns } from "../../../src/aws/sns/index.ts";
import { createSqs } from "../../../src/aws/sqs/index.ts";
import { Targets } from "../../../src/aws/targets.ts";
import type { InputsOf, Resource } from "../../../src/base/graph.ts";
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
  silentLog,
  temporaryStorage,
} from "../graph.ts";
import { lambdaFunction } from "../lambda/support.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) {
    await stop();
  }
});

const topicArn = (name: string) => `arn:aws:sns:${region}:${accountId}:${name}`;
const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
const queueUrl = (name: string) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
const topic = (name: string, inputs: InputsOf["aws:sns/topic:Topic"] = {}): Resource =>
  resource("aws:sns/topic:Topic", name, inputs, { arn: topicArn(name) });

type SubscriptionInputs = Partial<InputsOf["aws:sns/topicSubscription:TopicSubscription"]>;

const subscribe = (topicName: string, queueName: string, inputs: SubscriptionInputs = {}): Resource =>
  resource(
    "aws:sns/topicSubscription:TopicSubscription",
    `${topicName} to ${queueName}`,
    { topic: topicArn(topicName), protocol: "sqs", endpoint: queueArn(queueName), ...inputs },
    { arn: `${topicArn(topicName)}:${queueName}` },
  );

/** Lets one topic send to the queue. */
const letting = (queueName: string, topicName: string): Resource =>
  resource("aws:sqs/queuePolicy:QueuePolicy", queueName, {
    queueUrl: queueUrl(queueName),
    policy: policy({
      ...allow("sqs:SendMessage", queueArn(queueName)),
      Principal: { Service: "sns.amazonaws.com" },
      Condition: { ArnEquals: { "aws:SourceArn": topicArn(topicName) } },
    }),
  });

const admin: Principal = { kind: "role", roleArn: roleArn("admin"), sessionArn: "session" };
const fifo = { fifoQueue: true, contentBasedDeduplication: true };

async function open(resources: readonly Resource[], storage = temporaryStorage()) {
  const graph = graphOf(
    ...resources,
    ...role("admin", allow(["sns:*", "sqs:*"], "*")),
    ...role("nobody", allow("sns:ListTopics", "*")),
    ...role("publisher", allow("sns:Publish", "*")),
  );
  const iam = createIam(graph, storage);
  const common = { graph, iam, region, accountId, clock: Date.now, log: silentLog };
  const targets = new Targets();
  const sqs = createSqs({ ...common, storage });
  const events: unknown[] = [];
  targets.register("sqs", sqs);
  targets.register("lambda", {
    receive: (_principal, _arn, { body }) => Promise.resolve(void events.push(JSON.parse(body))),
  });
  const sns = createSns({ ...common, storage, targets, backoff: () => 1 });
  const stop = async () => {
    await sns.stop();
    await sqs.stop();
  };
  stops.push(stop);
  const door = await openFrontDoor(graph, () => [sns, sqs]);
  const clientOf = (name: string) => {
    const client = new SNSClient(door.client(name));
    stops.push(() => client.destroy());
    return client;
  };
  const received = async (name: string) => {
    await sns.idle();
    const input = {
      QueueUrl: queueUrl(name),
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    };
    const { Messages = [] } = await sqs.execute(admin, "ReceiveMessage", input);
    return Messages as { Body: string; MessageAttributes?: object; Attributes: Record<string, string> }[];
  };
  return { sns, client: clientOf("admin"), clientOf, received, events, stop };
}

const bodiesOf = (messages: readonly { readonly Body: string }[]) => messages.map(({ Body }) => Body);
const text = (StringValue: string) => ({ DataType: "String", StringValue });

describe("a topic", () => {
  const simple = [topic("news"), queue("inbox"), letting("inbox", "news"), subscribe("news", "inbox")];

  it("sends to a queue in SNS's envelope, with subject and attributes", async () => {
    const { client, received } = await open(simple);
    const { MessageId } = await client.send(
      new PublishCommand({
        ...{ TopicArn: topicArn("news"), Message: "<hello> & so on", Subject: "Greeting" },
        MessageAttributes: { kind: text("a") },
      }),
    );
    const [message] = await received("inbox");
    expect(JSON.parse(message?.Body ?? "")).toEqual({
      ...{ Type: "Notification", MessageId, TopicArn: topicArn("news"), Subject: "Greeting" },
      Message: "<hello> & so on",
      Timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*\.\d{3}Z$/),
      MessageAttributes: { kind: { Type: "String", Value: "a" } },
    });
    expect(message?.MessageAttributes).toBeUndefined();
  });

  it("sends the message as it is with raw delivery, its attributes as the queue's", async () => {
    const { client, received } = await open([
      ...simple.slice(0, 3),
      subscribe("news", "inbox", { rawMessageDelivery: true }),
    ]);
    await client.send(
      new PublishCommand({
        ...{ TopicArn: topicArn("news"), Message: "raw" },
        MessageAttributes: { kind: text("a") },
      }),
    );
    expect(await received("inbox")).toMatchObject([{ Body: "raw", MessageAttributes: { kind: text("a") } }]);
  });

  it("sends to a function one record an event", async () => {
    const arn = `arn:aws:lambda:${region}:${accountId}:function:fn`;
    const toFunction = subscribe("news", "fn", { protocol: "lambda", endpoint: arn });
    const { sns, client, events } = await open([
      topic("news"),
      ...role("fn-role"),
      lambdaFunction("fn", ""),
      toFunction,
    ]);
    await client.send(new PublishCommand({ TopicArn: topicArn("news"), Message: "hello" }));
    await sns.idle();
    expect(events).toMatchObject([
      {
        Records: [
          {
            EventSource: "aws:sns",
            EventVersion: "1.0",
            EventSubscriptionArn: toFunction.outputs.arn,
            Sns: { Type: "Notification", Subject: null, Message: "hello", MessageAttributes: {} },
          },
        ],
      },
    ]);
  });

  it("is listed with its subscriptions and attributes", async () => {
    const { client } = await open(simple);
    expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: topicArn("news") }]);
    const TopicArn = topicArn("news");
    const { Subscriptions } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions).toMatchObject([{ Protocol: "sqs", Endpoint: queueArn("inbox") }]);
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes).toMatchObject({ TopicArn, SubscriptionsConfirmed: "1" });
  });

  it("takes a batch entry by entry", async () => {
    const { client, received } = await open(simple);
    const { Successful, Failed } = await client.send(
      new PublishBatchCommand({
        TopicArn: topicArn("news"),
        PublishBatchRequestEntries: [
          { Id: "good", Message: "1" },
          { Id: "bad", Message: "2", Subject: "line\nbreak" },
        ],
      }),
    );
    expect([Successful?.map(({ Id }) => Id), Failed?.map(({ Id }) => Id)]).toEqual([["good"], ["bad"]]);
    expect(await received("inbox")).toHaveLength(1);
  });

  it.each<[string, object, string, string]>([
    ["an empty message", { Message: "" }, "InvalidParameterException", "Invalid parameter: Empty message"],
    [
      "a message over 256 KB",
      { Message: "x".repeat(262_145) },
      "InvalidParameterException",
      "Invalid parameter: Message too long",
    ],
    [
      "JSON without a default",
      { Message: "{}", MessageStructure: "json" },
      "InvalidParameterException",
      "Invalid parameter: Message Structure - No default entry in JSON message body",
    ],
    [
      "an unknown topic",
      { TopicArn: topicArn("other"), Message: "x" },
      "NotFoundException",
      "Topic does not exist",
    ],
  ])("refuses %s", async (_, input, name, message) => {
    const { client } = await open(simple);
    const command = new PublishCommand({ TopicArn: topicArn("news"), Message: "x", ...input });
    await expect(client.send(command)).rejects.toMatchObject({ name, message });
  });

  it("takes the largest message", async () => {
    const { client, received } = await open([
      ...simple.slice(0, 1),
      queue("inbox", { maxMessageSize: 1_048_576 }),
      ...simple.slice(2),
    ]);
    await client.send(new PublishCommand({ TopicArn: topicArn("news"), Message: "x".repeat(262_144) }));
    expect(await received("inbox")).toHaveLength(1);
  });
});

describe("permissions", () => {
  it("a role needs sns:Publish, from itself or from the topic's policy", async () => {
    const command = new PublishCommand({ TopicArn: topicArn("news"), Message: "x" });
    const denied = await open([topic("news")]);
    await expect(denied.clientOf("nobody").send(command)).rejects.toMatchObject({
      name: "AuthorizationErrorException",
      message: expect.stringContaining(
        `not authorized to perform: sns:Publish on resource: ${topicArn("news")}`,
      ),
    });
    await expect(denied.clientOf("publisher").send(new ListTopicsCommand({}))).rejects.toMatchObject({
      name: "AuthorizationErrorException",
      message: expect.stringContaining("not authorized to perform: sns:ListTopics on resource: *"),
      $metadata: { httpStatusCode: 403 },
    });
    const own = resource("aws:sns/topicPolicy:TopicPolicy", "own", {
      arn: topicArn("news"),
      policy: policy({ ...allow("sns:Publish", topicArn("news")), Principal: { AWS: roleArn("nobody") } }),
    });
    const allowed = await open([topic("news"), own]);
    await expect(allowed.clientOf("nobody").send(command)).resolves.toHaveProperty("MessageId");
  });

  it("without a policy on its queue, or with one for another topic, the message goes to the dead-letter queue", async () => {
    for (const wrong of [[], [letting("inbox", "other")]]) {
      const redrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn("dead") });
      const { client, received } = await open([
        ...[topic("news"), queue("inbox"), queue("dead"), letting("dead", "news"), ...wrong],
        subscribe("news", "inbox", { redrivePolicy, rawMessageDelivery: true }),
      ]);
      await client.send(new PublishCommand({ TopicArn: topicArn("news"), Message: "lost" }));
      expect(bodiesOf(await received("dead"))).toEqual(["lost"]);
      expect(await received("inbox")).toEqual([]);
    }
  });
});

describe("filter policies", () => {
  it.each<[string, SubscriptionInputs, boolean[]]>([
    ["a value", { filterPolicy: '{"kind": ["a"]}' }, [true, false, false]],
    ["anything but", { filterPolicy: '{"kind": [{"anything-but": ["a"]}]}' }, [false, true, false]],
    ["absence", { filterPolicy: '{"kind": [{"exists": false}]}' }, [false, false, true]],
    ["a number", { filterPolicy: '{"size": [{"numeric": [">", 5]}]}' }, [false, true, false]],
    ["an array", { filterPolicy: '{"tags": ["y"]}' }, [true, false, false]],
    ["nothing", { filterPolicy: "{}" }, [true, true, true]],
    [
      "the body",
      { filterPolicyScope: "MessageBody", filterPolicy: '{"order": {"state": [{"prefix": "pa"}]}}' },
      [false, false, true],
    ],
  ])("by %s", async (_, inputs, taken) => {
    const { client, received } = await open([
      ...[topic("news"), queue("inbox"), letting("inbox", "news")],
      subscribe("news", "inbox", { rawMessageDelivery: true, ...inputs }),
    ]);
    const messages = [
      {
        Message: "one",
        MessageAttributes: {
          kind: text("a"),
          size: { DataType: "Number", StringValue: "5" },
          tags: { DataType: "String.Array", StringValue: '["x", "y"]' },
        },
      },
      {
        Message: "two",
        MessageAttributes: { kind: text("b"), size: { DataType: "Number", StringValue: "6" } },
      },
      { Message: '{"order": {"state": "paid"}}' },
    ];
    for (const message of messages) {
      await client.send(new PublishCommand({ TopicArn: topicArn("news"), ...message }));
    }
    const bodies = bodiesOf(await received("inbox"));
    expect(messages.map(({ Message }) => bodies.includes(Message))).toEqual(taken);
  });

  it.each([
    ['{"a": {"b": ["c"]}}', "does not support nested filter policy"],
    ['{"a": [{"wildcard": "x"}]}', "Unrecognized match type wildcard"],
    [
      JSON.stringify(Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((key) => [key, ["x"]]))),
      "more than 5 keys",
    ],
  ])("%s stops the boot", async (filterPolicy, message) => {
    await expect(
      open([topic("news"), queue("inbox"), subscribe("news", "inbox", { filterPolicy })]),
    ).rejects.toThrow(message);
  });
});

describe("a FIFO topic", () => {
  const orders = [
    topic("orders.fifo", { fifoTopic: true }),
    queue("all.fifo", fifo),
    letting("all.fifo", "orders.fifo"),
    subscribe("orders.fifo", "all.fifo", { rawMessageDelivery: true }),
  ];
  const send = (client: SNSClient, Message: string, MessageDeduplicationId = Message) =>
    client.send(
      new PublishCommand({
        ...{ TopicArn: topicArn("orders.fifo"), Message, MessageGroupId: "g", MessageDeduplicationId },
      }),
    );

  it("keeps order and group, and takes a repeated message once", async () => {
    const { client, received } = await open(orders);
    const first = await send(client, "1");
    await send(client, "2");
    const again = await send(client, "other", "1");
    await send(client, "3");
    expect(again).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber });
    const messages = await received("all.fifo");
    expect(bodiesOf(messages)).toEqual(["1", "2", "3"]);
    expect(messages[0]?.Attributes).toMatchObject({ MessageGroupId: "g", MessageDeduplicationId: "1" });
  });

  it("demands a group and a deduplication id", async () => {
    const { client } = await open(orders);
    const publish = (input: object) =>
      client.send(new PublishCommand({ TopicArn: topicArn("orders.fifo"), Message: "x", ...input }));
    await expect(publish({})).rejects.toThrow(
      "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
    );
    await expect(publish({ MessageGroupId: "g" })).rejects.toThrow(
      "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  });

  it("remembers over a restart what it took and what it has not delivered", async () => {
    const storage = temporaryStorage();
    const first = await open(orders, storage);
    // Not started and not idle: the delivery may be open when the service stops.
    await send(first.client, "1");
    await first.stop();
    const second = await open(orders, storage);
    second.sns.start();
    await send(second.client, "1");
    expect(bodiesOf(await second.received("all.fifo"))).toEqual(["1"]);
  });
});

describe("a subscription stops the boot", () => {
  it.each<[string, readonly Resource[], string]>([
    [
      "of a FIFO queue to a standard topic",
      [topic("news"), queue("inbox.fifo", fifo), subscribe("news", "inbox.fifo")],
      "FIFO SQS Queues can not be subscribed to standard SNS topics",
    ],
    ["to a topic that is not declared", [queue("inbox"), subscribe("news", "inbox")], "topic names"],
    ["of a queue that is not declared", [topic("news"), subscribe("news", "inbox")], "endpoint names"],
  ])("%s", async (_, resources, message) => {
    await expect(open(resources)).rejects.toMatchObject({
      code: "InvalidInput",
      message: expect.stringMatching(new RegExp(`^TopicSubscription [^:]+: .*${message}`)) as unknown,
    });
  });
});

describe("the database", () => {
  const files = ({ folder }: Storage) => readdirSync(folder).filter((name) => name.startsWith("sns."));

  it("is not created before the first message", async () => {
    const storage = temporaryStorage();
    const { sns, client, stop } = await open([topic("news")], storage);
    sns.start();
    expect(files(storage)).toEqual([]);
    await client.send(new PublishCommand({ TopicArn: topicArn("news"), Message: "x" }));
    expect(files(storage)).toContain("sns.sqlite");
    await stop();
  });
});
