import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DescribeRuleCommand, EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { expect, it } from "@jest/globals";
import type { Ready } from "../../src/cloud.ts";
import { ask, usePrograms } from "./support.ts";

const { boot, command, place, later } = usePrograms();

/** Asks until the report is there. */
async function reportOf(ready: Ready, id: string): Promise<unknown> {
  for (;;) {
    const { data } = (await ask(ready, `{ report(id: "${id}") { id reason } }`)) as {
      data: { report: unknown };
    };
    if (data.report !== null) {
      return data.report;
    }
  }
}

const request = (id: string, urgency: number) =>
  `mutation { requestReport(id: "${id}", urgency: ${urgency}) }`;

const clientOf = (ready: Ready, role: string) => ({
  endpoint: ready.endpointUrl,
  region: ready.region,
  credentials: ready.roles[role] ?? { accessKeyId: "", secretAccessKey: "" },
  maxAttempts: 1,
});

it("boots with npx local-cloud --program from a folder elsewhere; its schedule and its mutation write reports", async () => {
  const ready = await command(place("nightly"));
  expect(await reportOf(ready, "nightly")).toEqual({ id: "nightly", reason: "schedule" });
  expect(await ask(ready, request("sales", 1))).toEqual({
    data: { requestReport: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  });
  expect(await reportOf(ready, "sales")).toEqual({ id: "sales", reason: "ReportRequested" });
});

it("an event for a function without a permission for the rule goes to the dead-letter queue", async () => {
  const cloud = await boot("nightly");
  const { ready, complaints } = cloud;
  // Not urgent enough for the rule's pattern.
  await ask(ready, request("ignored", 0));
  await ask(ready, request("sales", 2));
  await cloud.idle();
  const client = new SQSClient(clientOf(ready, "administrator"));
  later(() => client.destroy());
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: String(ready.outputs["deadLetterUrl"]),
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["All"],
    }),
  );
  expect(Messages.map(({ Body = "" }) => JSON.parse(Body) as unknown)).toEqual([
    {
      version: "0",
      id: expect.any(String),
      "detail-type": "ReportRequested",
      source: "reports.api",
      account: ready.accountId,
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/),
      region: ready.region,
      resources: [],
      detail: { id: "sales", urgency: 2 },
    },
  ]);
  expect(Messages[0]?.MessageAttributes).toMatchObject({
    ERROR_CODE: { StringValue: "NO_PERMISSIONS" },
    RETRY_ATTEMPTS: { StringValue: "0" },
    RULE_ARN: { StringValue: expect.stringContaining(":rule/reporting-") },
    TARGET_ARN: { StringValue: expect.stringContaining(":function:forbidden-") },
  });
  expect(complaints).toEqual([expect.stringContaining("dead-letter queue")]);
});

it("a role needs events:PutEvents on the bus, and no role may use a source that begins with aws.", async () => {
  const { ready } = await boot("nightly");
  const entry = { Source: "reports.api", DetailType: "x", Detail: "{}" };
  const put = (role: string, Source = "reports.api") => {
    const client = new EventBridgeClient(clientOf(ready, role));
    later(() => client.destroy());
    return client.send(new PutEventsCommand({ Entries: [{ ...entry, Source }] }));
  };
  await expect(put("job")).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining("events:PutEvents on resource: arn:aws:events:us-east-1:"),
  });
  // It may use the bus of the program only.
  await expect(put("source")).rejects.toMatchObject({ name: "AccessDeniedException" });
  expect(await put("administrator", "aws.s3")).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: "NotAuthorizedForSource" }],
  });
  expect(await put("administrator")).toMatchObject({
    FailedEntryCount: 0,
    Entries: [{ EventId: expect.any(String) }],
  });
});

it("its rules are described as declared", async () => {
  const { ready, graph } = await boot("nightly");
  const client = new EventBridgeClient(clientOf(ready, "administrator"));
  later(() => client.destroy());
  const { outputs } = graph.resources.find(
    ({ type, name }) => type === "aws:cloudwatch/eventRule:EventRule" && name === "nightly",
  ) ?? { outputs: { name: "" } };
  expect(await client.send(new DescribeRuleCommand({ Name: outputs.name }))).toMatchObject({
    Name: outputs.name,
    ScheduleExpression: "rate(1 day)",
    State: "ENABLED",
    EventBusName: "default",
  });
  await expect(client.send(new DescribeRuleCommand({ Name: "other" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Rule other does not exist on EventBus default.",
  });
});
