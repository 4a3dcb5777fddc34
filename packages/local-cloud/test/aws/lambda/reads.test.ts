import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from "@aws-sdk/client-lambda";
import { expect, it } from "@jest/globals";
import { answeredRead } from "../../../src/aws/lambda/reads.ts";
import { functionsOf } from "../../../src/aws/lambda/configuration.ts";
import { writeError } from "../../../src/aws/lambda/rest.ts";
import { openFrontDoor } from "../front-door.ts";
import { allow, graphOf, queue, region, resource, role, roleArn } from "../graph.ts";

const queueArn = `arn:aws:sqs:${region}:000000000000:jobs`;
const functionArn = (name: string) => `arn:aws:lambda:${region}:000000000000:function:${name}`;

const declared = (name: string, more: object = {}) =>
  resource(
    "aws:lambda/function:Function",
    name,
    {
      ...{ role: roleArn("worker"), runtime: "nodejs24.x", handler: "index.handler" },
      ...{ code: { assets: {} }, timeout: 7, environment: { variables: { TABLE: "t" } } },
      ...more,
    },
    { arn: functionArn(name) },
  );

async function open() {
  const graph = graphOf(
    ...role("worker", allow("lambda:GetFunctionConfiguration", functionArn("one"))),
    ...role("reader", allow(["lambda:Get*", "lambda:List*"], "*")),
    declared("one"),
    declared("two", { reservedConcurrentExecutions: 3 }),
    queue("jobs"),
    resource("aws:lambda/eventSourceMapping:EventSourceMapping", "one-jobs", {
      ...{ functionName: functionArn("one"), eventSourceArn: queueArn, enabled: false },
      functionResponseTypes: ["ReportBatchItemFailures"],
    }),
    resource("aws:lambda/eventSourceMapping:EventSourceMapping", "two-stream", {
      ...{ functionName: "two", eventSourceArn: "STREAM", startingPosition: "LATEST" },
      destinationConfig: { onFailure: { destinationArn: "BUCKET" } },
    }),
  );
  const configurations = functionsOf(graph);
  const door = await openFrontDoor(graph, (iam) => [
    {
      scopes: ["lambda"],
      handle: (call) =>
        Promise.resolve(void answeredRead(call, { graph, iam, configurations, concurrency: 10 })),
      fail: (response, error) => writeError(response, error),
    },
  ]);
  return (name: string) => new LambdaClient(door.client(name));
}

it("mappings are listed, those of a function, and those of a source", async () => {
  const client = (await open())("reader");
  const list = async (input: object) =>
    (await client.send(new ListEventSourceMappingsCommand(input))).EventSourceMappings ?? [];
  expect(await list({})).toHaveLength(2);
  expect(await list({ FunctionName: "one" })).toEqual([
    expect.objectContaining({
      ...{ EventSourceArn: queueArn, FunctionArn: functionArn("one"), State: "Disabled", BatchSize: 10 },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    }),
  ]);
  expect(await list({ EventSourceArn: "STREAM" })).toEqual([
    expect.objectContaining({
      ...{ State: "Enabled", BatchSize: 100, DestinationConfig: { OnFailure: { Destination: "BUCKET" } } },
    }),
  ]);
  await expect(list({ FunctionName: "three" })).rejects.toThrow("Function not found: three");
});

it("a function's configuration is read by its name and by its ARN", async () => {
  const client = (await open())("worker");
  for (const FunctionName of ["one", functionArn("one")]) {
    expect(await client.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
      ...{ FunctionName: "one", Role: roleArn("worker"), Timeout: 7, MemorySize: 128, State: "Active" },
      Environment: { Variables: { TABLE: "t" } },
    });
  }
});

it("the account has as many concurrent runs as the local cloud, less those that are reserved", async () => {
  const client = (await open())("reader");
  expect(await client.send(new GetAccountSettingsCommand({}))).toMatchObject({
    AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 7 },
    AccountUsage: { FunctionCount: 2 },
  });
});

it("each read needs its permission", async () => {
  const client = (await open())("worker");
  const denied = { name: "AccessDeniedException" };
  await expect(client.send(new GetAccountSettingsCommand({}))).rejects.toMatchObject(denied);
  await expect(client.send(new ListEventSourceMappingsCommand({}))).rejects.toMatchObject(denied);
  await expect(
    client.send(new GetFunctionConfigurationCommand({ FunctionName: "two" })),
  ).rejects.toMatchObject(denied);
});
