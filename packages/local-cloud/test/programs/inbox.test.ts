import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "@jest/globals";
import type { Ready } from "../../src/cloud.ts";
import { usePrograms } from "./support.ts";

const { boot, command, place, later } = usePrograms();

const settingsOf = (ready: Ready) => ({
  endpoint: ready.endpointUrl,
  region: ready.region,
  credentials: ready.roles["administrator"] ?? { accessKeyId: "", secretAccessKey: "" },
});

function clientsOf(ready: Ready): { s3: S3Client; sqs: SQSClient } {
  const s3 = new S3Client({ ...settingsOf(ready), forcePathStyle: true });
  const sqs = new SQSClient(settingsOf(ready));
  later(() => s3.destroy());
  later(() => sqs.destroy());
  return { s3, sqs };
}

/** The events in the queue. Waits for the first one. */
async function eventsIn(sqs: SQSClient, ready: Ready, output: string): Promise<unknown[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: String(ready.outputs[output]),
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
    }),
  );
  return Messages.map(({ Body = "" }) => JSON.parse(Body) as unknown);
}

it("boots with npx local-cloud --program from a folder elsewhere; an upload reaches the queue through EventBridge", async () => {
  const ready = await command(place("inbox"));
  const { s3, sqs } = clientsOf(ready);
  const Bucket = String(ready.outputs["bucketName"]);
  await s3.send(new PutObjectCommand({ Bucket, Key: "inbox/my letter.txt", Body: "hello" }));
  expect(await eventsIn(sqs, ready, "receivedUrl")).toEqual([
    {
      version: "0",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      "detail-type": "Object Created",
      source: "aws.s3",
      account: "000000000000",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: ready.region,
      resources: [`arn:aws:s3:::${Bucket}`],
      detail: {
        version: "0",
        bucket: { name: Bucket },
        object: {
          key: "inbox/my letter.txt",
          size: 5,
          etag: "5d41402abc4b2a76b9719d911017c592",
          sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        },
        "request-id": expect.stringMatching(/^[0-9A-F]{16}$/),
        requester: "000000000000",
        "source-ip-address": "127.0.0.1",
        reason: "PutObject",
      },
    },
  ]);
});

it("a deletion reaches its own queue, and keys outside of the inbox reach none", async () => {
  const cloud = await boot("inbox");
  const { ready, complaints } = cloud;
  const { s3, sqs } = clientsOf(ready);
  const Bucket = String(ready.outputs["bucketName"]);
  await s3.send(new PutObjectCommand({ Bucket, Key: "archive/a", Body: "hello" }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "archive/a" }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "inbox/a", Body: "hello" }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "inbox/a" }));
  await cloud.idle();
  const created = await eventsIn(sqs, ready, "receivedUrl");
  const deleted = await eventsIn(sqs, ready, "removedUrl");
  expect(created).toMatchObject([{ detail: { object: { key: "inbox/a" } } }]);
  expect(deleted).toMatchObject([
    {
      "detail-type": "Object Deleted",
      detail: {
        object: { key: "inbox/a", sequencer: expect.any(String) },
        reason: "DeleteObject",
        "deletion-type": "Permanently Deleted",
      },
    },
  ]);
  expect(complaints).toEqual([]);
});
