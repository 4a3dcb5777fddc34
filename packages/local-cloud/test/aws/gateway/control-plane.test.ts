import { AppSyncClient, ListGraphqlApisCommand } from "@aws-sdk/client-appsync";
import { expect, it } from "@jest/globals";
import { createAppSyncReads } from "../../../src/appsync/reads.ts";
import { createSchedulerReads } from "../../../src/aws/scheduler/reads.ts";
import { openFrontDoor } from "../front-door.ts";
import { accountId, allow, graphOf, region, resource, role, roleArn } from "../graph.ts";
import { send, sign } from "./support.ts";

const scheduleArn = `arn:aws:scheduler:${region}:${accountId}:schedule`;
const uris = { GRAPHQL: "https://one/graphql", REALTIME: "wss://one/graphql" };

const schedule = resource(
  "aws:scheduler/schedule:Schedule",
  "tick",
  {
    scheduleExpression: "rate(1 minute)",
    flexibleTimeWindow: { mode: "OFF" },
    state: "DISABLED",
    target: { arn: "QUEUE", roleArn: roleArn("tick"), input: "go" },
  },
  { arn: `${scheduleArn}/default/tick`, groupName: "default" },
);

function open() {
  const graph = graphOf(
    ...role("worker", allow("scheduler:GetSchedule", [`${scheduleArn}/default/t*`])),
    ...role("reader", allow("appsync:ListGraphqlApis", "*")),
    resource("aws:appsync/graphQLApi:GraphQLApi", "one", { authenticationType: "AWS_IAM" }, { uris }),
    schedule,
  );
  const options = { graph, region, accountId };
  return openFrontDoor(graph, (iam) => [
    createSchedulerReads({ ...options, iam }),
    createAppSyncReads({ ...options, iam }),
  ]);
}

async function get(path: string, query: Record<string, string> = {}) {
  const door = await open();
  const draft = { service: "scheduler", method: "GET", path, query, body: "" };
  const { status, headers, text } = await send(
    door,
    "GET",
    `${path}?${new URLSearchParams(query).toString()}`,
    await sign(door, draft),
  );
  return { status, error: headers["x-amzn-errortype"], body: JSON.parse(text) as unknown };
}

it("a schedule is read as it is declared, with AWS's defaults", async () => {
  expect((await get("/schedules/tick")).body).toEqual({
    ...{ Arn: `${scheduleArn}/default/tick`, Name: "tick", GroupName: "default", State: "DISABLED" },
    ...{ ScheduleExpression: "rate(1 minute)", ScheduleExpressionTimezone: "UTC" },
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      ...{ Arn: "QUEUE", RoleArn: roleArn("tick"), Input: "go" },
      RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
    },
  });
});

it.each([
  ["/schedules/tock", {}, 404, "ResourceNotFoundException", "Schedule tock does not exist."],
  ["/schedules/other", {}, 403, "AccessDeniedException", "scheduler:GetSchedule"],
  ["/schedules/tick", { groupName: "mine" }, 403, "AccessDeniedException", `${scheduleArn}/mine/tick`],
  ["/schedules", {}, 404, "UnknownOperationException", "GET /schedules is not emulated."],
])("%s %p: %p %s", async (path, query, status, error, message) => {
  expect(await get(path, query)).toEqual({
    ...{ status, error },
    body: { message: expect.stringContaining(message) as unknown },
  });
});

it("the APIs of the program are listed, to those who may", async () => {
  const door = await open();
  const list = (name: string) => new AppSyncClient(door.client(name)).send(new ListGraphqlApisCommand({}));
  expect((await list("reader")).graphqlApis).toEqual([
    expect.objectContaining({ apiId: "one", name: "one", uris, authenticationType: "AWS_IAM" }),
  ]);
  await expect(list("worker")).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining(`arn:aws:appsync:${region}:${accountId}:/v1/apis`) as unknown,
  });
});
