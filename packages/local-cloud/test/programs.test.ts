import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "@jest/globals";
import { openSubscription } from "../../../test/support/client.ts";
import { ask, usePrograms } from "./programs/support.ts";

const { boot, command, place, later } = usePrograms();

describe("a to-do list with an API key", () => {
  const add = "mutation ($title: String!) { addTodo(title: $title) { id title done } }";

  it("boots with npx local-cloud --program from a folder elsewhere, and answers", async () => {
    const ready = await command(place("todo"));
    expect(ready).toMatchObject({
      users: [],
      userPoolId: "",
      bucket: "",
      outputs: { url: ready.graphqlUrl },
    });
    expect(ready.outputs["apiKey"]).toBe(ready.apiKeys[0]);
    const added = (await ask(ready, add, { title: "Milk" })) as {
      data: { addTodo: { id: string } };
    };
    expect(added).toEqual({ data: { addTodo: { id: expect.any(String), title: "Milk", done: false } } });
    const { id } = added.data.addTodo;
    expect(await ask(ready, "query ($id: ID!) { todo(id: $id) { title } }", { id })).toEqual({
      data: { todo: { title: "Milk" } },
    });
  });

  it("refuses another key", async () => {
    const { ready } = await boot("todo");
    expect(await ask({ ...ready, apiKeys: ["da2-another"] }, add, { title: "Milk" })).toMatchObject({
      errors: [{ errorType: "UnauthorizedException" }],
    });
  });
});

it("a program with enhanced filters publishes to the subscriptions that match", async () => {
  const { ready, complaints } = await boot("pubsub");
  const credentials = { "x-api-key": ready.apiKeys[0] ?? "" };
  const query = 'subscription { urgentOn(channel: "a") { body } }';
  const subscription = await openSubscription<{ readonly body: string }>(ready, { credentials, query });
  later(() => subscription.close());
  const publish = (channel: string, body: string, urgent: boolean) =>
    ask(
      ready,
      `mutation ($channel: String!, $body: String!, $urgent: Boolean!) {
        publish(channel: $channel, body: $body, urgent: $urgent) { channel body urgent } }`,
      { channel, body, urgent },
    );
  await publish("a", "not urgent", false);
  await publish("b", "elsewhere", true);
  await publish("a", "first", true);
  await publish("a", "last", true);
  await subscription.until(({ body }) => body === "last");
  expect(subscription.seen.map(({ body }) => body)).toEqual(["first", "last"]);
  expect(complaints).toEqual([]);
});

it("a program without an API and a user pool boots, and answers a request for one with an error", async () => {
  const { ready, complaints } = await boot("queue");
  expect(ready).toMatchObject({
    users: [],
    apis: [],
    apiKeys: [],
    userPoolId: "",
    userPools: [],
    buckets: [ready.outputs["bucketName"]],
  });
  expect(Object.values(ready.queues)).toEqual([ready.outputs["queueUrl"]]);
  expect(await ask(ready, "{ ping }")).toEqual({
    errors: [{ errorType: "NotFoundException", message: "The program declares no GraphQL API." }],
  });
  const credentials = ready.roles["administrator"] ?? { accessKeyId: "", secretAccessKey: "" };
  const client = new SQSClient({ endpoint: ready.endpointUrl, region: ready.region, credentials });
  const { QueueUrl } = await client.send(
    new GetQueueUrlCommand({ QueueName: String(ready.outputs["queueUrl"]).split("/").at(-1) }),
  );
  expect(QueueUrl).toBe(ready.outputs["queueUrl"]);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "work" }));
  client.destroy();
  expect(complaints).toEqual([]);
});
