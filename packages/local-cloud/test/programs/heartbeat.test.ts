import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { expect, it } from "@jest/globals";
import { root } from "../../../../test/support/program.ts";
import { usePrograms } from "./support.ts";

const { boot, place, later } = usePrograms();

it("functions written in place run on a schedule, by a rule and when invoked, with the SDK of Lambda's runtime", async () => {
  const copy = place("heartbeat");
  symlinkSync(join(root, "node_modules/@aws-sdk"), join(copy, "node_modules/@aws-sdk"), "junction");
  const { ready, complaints } = await boot("heartbeat", { root: copy });
  const settings = {
    endpoint: ready.endpointUrl,
    region: ready.region,
    credentials: ready.roles["administrator"] ?? { accessKeyId: "", secretAccessKey: "" },
  };
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
  const lambda = new LambdaClient(settings);
  later(() => [dynamodb, lambda].forEach((client) => client.destroy()));

  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: String(ready.outputs["functionName"]),
      Payload: JSON.stringify({ job: "manual" }),
    }),
  );
  expect(FunctionError).toBeUndefined();
  expect(JSON.parse(Payload?.transformToString() ?? "")).toEqual({ job: "manual", runs: 1 });

  const jobs = async (): Promise<string[]> => {
    const { Items = [] } = await dynamodb.send(
      new ScanCommand({ TableName: String(ready.outputs["tableName"]) }),
    );
    return Items.map(({ job, runs }) => `${job}: ${runs}`).sort();
  };
  let seen = await jobs();
  while (seen.length < 3) {
    seen = await jobs();
  }
  expect(seen).toEqual(["daily by aws.events: 1", "hourly: 1", "manual: 1"]);
  expect(complaints.filter((line) => !line.includes("another Node"))).toEqual([]);
});
