import {
  CancelMessageMoveTaskCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "@jest/globals";
import { allow, queue, role } from "../graph.ts";
import { arnOf, awsUrl, clientOf, jobs } from "./support.ts";

const redrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 1 });
const resources = [
  jobs({ redrivePolicy, visibilityTimeoutSeconds: 0 }),
  queue("tasks", { redrivePolicy, visibilityTimeoutSeconds: 0 }),
  queue("dead"),
  queue("other"),
];

const send = (client: SQSClient, name: string, MessageBody: string) =>
  client.send(new SendMessageCommand({ QueueUrl: awsUrl(name), MessageBody }));

const receive = async (client: SQSClient, name: string, WaitTimeSeconds = 0) => {
  const input = { QueueUrl: awsUrl(name), WaitTimeSeconds, MaxNumberOfMessages: 10 };
  const command = new ReceiveMessageCommand({ ...input, MessageSystemAttributeNames: ["All"] });
  return (await client.send(command)).Messages ?? [];
};

const start = (client: SQSClient, more: object = {}) =>
  client.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf("dead"), ...more }));

const tasks = async (client: SQSClient) => {
  const list = new ListMessageMoveTasksCommand({ SourceArn: arnOf("dead"), MaxResults: 10 });
  return (await client.send(list)).Results ?? [];
};

async function ended(client: SQSClient): ReturnType<typeof tasks> {
  const found = await tasks(client);
  return found.some(({ Status }) => Status === "RUNNING") ? ended(client) : found;
}

/** Sends it, and receives it once too often. */
async function giveUp(client: SQSClient, name: string, body: string): Promise<void> {
  await send(client, name, body);
  await receive(client, name);
  await receive(client, name);
}

describe("a message move task", () => {
  it("takes dead letters back to where each came from, as new messages", async () => {
    const { client } = await clientOf("admin", ...resources);
    await giveUp(client, "jobs", "a job");
    await giveUp(client, "tasks", "a task");
    await start(client);
    const [job] = await receive(client, "jobs", 20);
    const [task] = await receive(client, "tasks", 20);
    expect([job?.Body, task?.Body]).toEqual(["a job", "a task"]);
    expect(job?.Attributes).toMatchObject({ ApproximateReceiveCount: "1" });
    expect(job?.Attributes).not.toHaveProperty("DeadLetterQueueSourceArn");
    expect(await tasks(client)).toMatchObject([
      {
        Status: "COMPLETED",
        SourceArn: arnOf("dead"),
        ApproximateNumberOfMessagesMoved: 2,
        ApproximateNumberOfMessagesToMove: 2,
      },
    ]);
  });

  it("fails at a message that was sent to the dead letters, unless a destination is given", async () => {
    const { client } = await clientOf("admin", ...resources);
    await send(client, "dead", "buried");
    await start(client);
    const failed = { Status: "FAILED", FailureReason: "CouldNotDetermineMessageSource" };
    expect(await ended(client)).toMatchObject([failed]);
    await start(client, { DestinationArn: arnOf("other") });
    expect(await receive(client, "other", 20)).toMatchObject([{ Body: "buried" }]);
    expect(await tasks(client)).toMatchObject([{ Status: "COMPLETED" }, failed]);
  });

  it("keeps to its rate, runs alone, and can be cancelled", async () => {
    const { client } = await clientOf("admin", ...resources);
    await send(client, "dead", "1");
    await send(client, "dead", "2");
    const slowly = { DestinationArn: arnOf("other"), MaxNumberOfMessagesPerSecond: 1 };
    const { TaskHandle } = await start(client, slowly);
    expect(await receive(client, "other", 20)).toHaveLength(1);
    await expect(start(client, slowly)).rejects.toThrow("Only one active task is allowed");
    expect(await tasks(client)).toMatchObject([{ TaskHandle, Status: "RUNNING" }]);
    const cancel = new CancelMessageMoveTaskCommand({ TaskHandle });
    expect(await client.send(cancel)).toMatchObject({ ApproximateNumberOfMessagesMoved: 1 });
    expect(await tasks(client)).toMatchObject([{ Status: "CANCELLED" }]);
    await expect(client.send(cancel)).rejects.toThrow("Only active tasks");
    const count = new GetQueueAttributesCommand({
      QueueUrl: awsUrl("dead"),
      AttributeNames: ["ApproximateNumberOfMessages"],
    });
    expect((await client.send(count)).Attributes).toEqual({ ApproximateNumberOfMessages: "1" });
  });

  it("starts from dead letters only, to a queue that there is", async () => {
    const { client } = await clientOf("admin", ...resources);
    await expect(start(client, { SourceArn: arnOf("jobs") })).rejects.toMatchObject({
      message: "Source queue must be configured as a Dead Letter Queue.",
    });
    await expect(start(client, { DestinationArn: arnOf("none") })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await expect(start(client, { MaxNumberOfMessagesPerSecond: 501 })).rejects.toThrow("between 1 and 500");
  });

  const needed = [
    ["StartMessageMoveTask", "dead"],
    ["ReceiveMessage", "dead"],
    ["DeleteMessage", "dead"],
    ["GetQueueAttributes", "dead"],
    ["SendMessage", "jobs"],
    ["SendMessage", "tasks"],
  ] as const;

  it.each(needed)("is refused to who lacks %s on the queue %s", async (action, name) => {
    const granted = needed
      .filter((one) => one[0] !== action || one[1] !== name)
      .map((one) => allow(`sqs:${one[0]}`, arnOf(one[1])));
    const { client } = await clientOf("mover", ...resources, ...role("mover", ...granted));
    await expect(start(client)).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining(`sqs:${action} on resource: ${arnOf(name)}`) as unknown,
    });
  });
});
