import { describe, expect, it } from "@jest/globals";
import { startEngine } from "../../../../src/aws/dynamodb/engine.ts";
import { createDynamoDB } from "../../../../src/aws/dynamodb/index.ts";
import { createIam } from "../../../../src/aws/iam/index.ts";
import { createEventSourceMappings } from "../../../../src/aws/lambda/mappings/index.ts";
import { createSqs } from "../../../../src/aws/sqs/index.ts";
import type { Principal } from "../../../../src/base/service.ts";
import {
  accountId,
  allow,
  graphOf,
  queue,
  region,
  role,
  roleArn,
  silentLog,
  temporaryStorage,
} from "../../graph.ts";
import { lambdaFunction, openLambda } from "../support.ts";
import { items, ofQueue, ofStream, queueAccess, streamAccess } from "./support.ts";

const code = `
  let poisoned = true;
  export const handler = async ({ Records }) => {
    for (const { eventName, dynamodb } of Records) console.log(eventName + " " + dynamodb.Keys.pk.S);
    const failed = Records.find(({ dynamodb }) => poisoned && dynamodb.Keys.pk.S === "c");
    if (!failed) return;
    poisoned = false;
    return { batchItemFailures: [{ itemIdentifier: failed.dynamodb.SequenceNumber }] };
  };`;

const writer: Principal = {
  kind: "role",
  roleArn: roleArn("writer"),
  sessionArn: `arn:aws:sts::${accountId}:assumed-role/writer/test`,
};

/** The real engine and real threads, over folders that outlive them. */
async function boot(dataFolder: ReturnType<typeof temporaryStorage>) {
  const inputs = { functionResponseTypes: ["ReportBatchItemFailures"] };
  const graph = graphOf(
    items,
    ...role("fn-role", streamAccess),
    ...role("writer", allow("dynamodb:*", "*")),
    lambdaFunction("fn", code),
    ofStream(inputs),
  );
  const iam = createIam(graph, dataFolder);
  const engine = await startEngine(dataFolder, silentLog);
  const dynamodb = await createDynamoDB({
    ...{ graph, iam, engine, storage: dataFolder, region, accountId, clock: Date.now, log: silentLog },
  });
  const lambda = openLambda(graph, { storage: dataFolder, iam });
  const sqs = { execute: () => Promise.reject(new Error("no queue")) };
  const mappings = createEventSourceMappings({
    s3: noBucket,
    ...{ graph, iam, invoker: lambda, sqs, dynamodb, storage: dataFolder, clock: Date.now, log: lambda.log },
    backoff: () => 1,
  });
  return {
    ...mappings,
    put: (pk: string) => dynamodb.execute(writer, "PutItem", { TableName: "items", Item: { pk: { S: pk } } }),
    lines: () => lambda.log.entries.filter(({ level }) => level === "info").map(({ message }) => message),
    close: async () => {
      await mappings.stop();
      await lambda.stop();
      await dynamodb.stop();
      await engine.stop();
    },
  };
}

const noBucket = { write: () => Promise.reject(new Error("no bucket")) };

describe("table to function", () => {
  it("delivers every write in order, again from a reported failure, and once across a restart", async () => {
    const storage = temporaryStorage();
    const first = await boot(storage);
    for (const pk of ["a", "b", "c", "d"]) {
      await first.put(pk);
    }
    first.start();
    await first.idle();
    expect(first.lines()).toEqual([
      ...["INSERT a", "INSERT b", "INSERT c", "INSERT d"],
      ...["INSERT c", "INSERT d"],
    ]);
    await first.put("e");
    await first.idle();
    expect(first.lines().slice(6)).toEqual(["INSERT e"]);
    await first.close();

    const second = await boot(storage);
    await second.put("f");
    second.start();
    await second.idle();
    expect(second.lines()).toEqual(["INSERT f"]);
    await second.close();
  });
});

describe("queue to function", () => {
  it("delivers a failed message again at its visibility timeout, and deletes it once handled", async () => {
    const flaky = `export const handler = async ({ Records: [{ body, attributes }] }) => {
      console.log(body + " " + attributes.ApproximateReceiveCount);
      if (attributes.ApproximateReceiveCount === "1") throw new Error("not yet");
    };`;
    const storage = temporaryStorage();
    const quick = queue("jobs", { visibilityTimeoutSeconds: 1 });
    const graph = graphOf(
      quick,
      ...role("fn-role", queueAccess),
      ...role("writer", allow("sqs:*", "*")),
      lambdaFunction("fn", flaky, { timeout: 1 }),
      ofQueue(),
    );
    const iam = createIam(graph, storage);
    const sqs = createSqs({ graph, iam, storage, region, accountId });
    const lambda = openLambda(graph, { storage, iam, sqs });
    const dynamodb = { execute: () => Promise.reject(new Error("no table")), onWrite: () => () => undefined };
    const mappings = createEventSourceMappings({
      s3: noBucket,
      ...{ graph, iam, invoker: lambda, sqs, dynamodb, storage, clock: Date.now, log: lambda.log },
    });
    mappings.start();
    await sqs.execute(writer, "SendMessage", { QueueUrl: quick.id, MessageBody: "job" });
    await lambda.log.until(({ message }) => message === "job 2");
    await mappings.idle();
    const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
    const left = await sqs.execute(writer, "GetQueueAttributes", { QueueUrl: quick.id, AttributeNames });
    expect(left["Attributes"]).toEqual({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
    });
    await mappings.stop();
    await lambda.stop();
    await sqs.stop();
  });
});
