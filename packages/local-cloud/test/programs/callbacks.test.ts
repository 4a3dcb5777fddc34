import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "@jest/globals";
import { root } from "../../../../test/support/program.ts";
import { usePrograms } from "./support.ts";

const { boot, place, later } = usePrograms();

it("functions written in place get the events of a bucket, a queue and a table", async () => {
  const copy = place("callbacks");
  symlinkSync(join(root, "node_modules/@aws-sdk"), join(copy, "node_modules/@aws-sdk"), "junction");
  const { ready, complaints } = await boot("callbacks", { root: copy });
  const { bucketName, queueUrl, ordersTable, journalTable } = ready.outputs as Record<string, string>;
  const settings = {
    endpoint: ready.endpointUrl,
    region: ready.region,
    credentials: ready.roles["administrator"] ?? { accessKeyId: "", secretAccessKey: "" },
  };
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const sqs = new SQSClient(settings);
  const dynamodb = new DynamoDBClient(settings);
  later(() => [s3, sqs, dynamodb].forEach((client) => client.destroy()));
  await s3.send(new PutObjectCommand({ Bucket: bucketName, Key: "a.txt", Body: "a" }));
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: "work" }));
  await dynamodb.send(new PutItemCommand({ TableName: ordersTable, Item: { id: { S: "1" } } }));
  const journal = async (): Promise<string[]> => {
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: journalTable }));
    return Items.map(({ what }) => what?.S ?? "").sort();
  };
  let seen = await journal();
  while (seen.length < 3) {
    seen = await journal();
  }
  expect(seen).toEqual(["file a.txt", "job work", "order INSERT"]);
  expect(complaints.filter((line) => !line.includes("another Node"))).toEqual([]);
});
