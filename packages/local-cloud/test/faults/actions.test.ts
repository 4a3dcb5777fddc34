import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "@jest/globals";
import { createS3 } from "../../src/aws/s3/index.ts";
import { createSqs } from "../../src/aws/sqs/index.ts";
import { createFaults, type Faults } from "../../src/faults/index.ts";
import { openFrontDoor } from "../aws/front-door.ts";
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
} from "../aws/graph.ts";
import { bucket } from "../aws/s3/support.ts";

const QueueUrl = `https://sqs.${region}.amazonaws.com/${accountId}/jobs`;
const Bucket = "pictures";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) {
    await end();
  }
});

/** A queue and a bucket behind the real front door, with faults. */
async function open(...actions: NonNullable<Faults["actions"]>) {
  const faults = createFaults({ seed: 1, actions }, [], silentLog);
  const graph = graphOf(
    bucket,
    queue("jobs"),
    ...role("admin", allow(["s3:*", "sqs:*"], "*")),
    ...role("none"),
  );
  const common = { graph, region, accountId, clock: Date.now, log: silentLog };
  const notify = () => Promise.resolve();
  let sqs: ReturnType<typeof createSqs> | undefined;
  const door = await openFrontDoor(graph, (plain) => {
    const iam = faults.iam(plain);
    sqs = faults.service(createSqs({ ...common, iam, storage: temporaryStorage(true) }));
    const s3 = faults.service(createS3({ ...common, iam, storage: temporaryStorage(), notify }));
    ends.push(
      () => sqs?.stop(),
      () => s3.stop(),
    );
    return [sqs, s3];
  });
  faults.start();
  const settings = (name: string, maxAttempts: number) => ({ ...door.client(name), maxAttempts });
  const client = (name: string, attempts = 1) => new SQSClient(settings(name, attempts));
  return {
    faults,
    client,
    s3: (attempts = 1) => new S3Client({ ...settings("admin", attempts), forcePathStyle: true }),
    send: (attempts?: number) =>
      client("admin", attempts).send(new SendMessageCommand({ QueueUrl, MessageBody: "job" })),
    waiting: async () => {
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
      const { Messages = [] } = await client("admin").send(receive);
      return Messages.length;
    },
    inProcess: () =>
      sqs?.execute(
        {
          kind: "role",
          roleArn: roleArn("admin"),
          sessionArn: `arn:aws:sts::${accountId}:assumed-role/admin/x`,
        },
        "SendMessage",
        { QueueUrl, MessageBody: "job" },
      ),
  };
}

describe("an action that fails", () => {
  it("fails as often as set, with a code and a status that SDKs retry", async () => {
    const { send, faults, waiting, s3 } = await open(
      { action: "sqs:Send*", code: "ThrottlingException", times: 2 },
      { action: "s3:PutObject", code: "SlowDown", times: 1 },
    );
    await expect(send()).rejects.toMatchObject({
      name: "ThrottlingException",
      $metadata: { httpStatusCode: 400 },
    });
    expect((await send(3)).$metadata.attempts).toBe(2);
    expect(await waiting()).toBe(1);
    const put = new PutObjectCommand({ Bucket, Key: "k", Body: "x" });
    await expect(s3().send(put)).rejects.toMatchObject({
      name: "SlowDown",
      $metadata: { httpStatusCode: 503 },
    });
    await s3().send(put);
    expect(faults.counts()).toMatchObject({ failed: 3, lost: 0 });
  });

  it("fails only for callers with permission", async () => {
    const { client, faults } = await open({ action: "*", code: "InternalError" });
    await expect(
      client("none").send(new SendMessageCommand({ QueueUrl, MessageBody: "job" })),
    ).rejects.toMatchObject({ name: "AccessDenied" });
    expect(faults.counts().failed).toBe(0);
  });

  it("is decided once for each call, also if S3 checks the permission to list", async () => {
    const { s3, faults } = await open({ action: "s3:ListBucket", code: "InternalError", times: 1 });
    const get = new GetObjectCommand({ Bucket, Key: "gone" });
    await expect(s3().send(get)).rejects.toMatchObject({
      name: "InternalError",
      $metadata: { httpStatusCode: 500 },
    });
    await expect(s3().send(get)).rejects.toMatchObject({ name: "NoSuchKey" });
    expect(faults.counts().failed).toBe(1);
  });

  it("fails at a rate, for the same calls with the same seed", async () => {
    const failing = async () => {
      const { inProcess } = await open({ action: "sqs:*", code: "Throttled", rate: 0.3 });
      const failed: boolean[] = [];
      for (let call = 0; call < 200; call += 1) {
        failed.push(
          await Promise.resolve(inProcess()).then(
            () => false,
            () => true,
          ),
        );
      }
      return failed;
    };
    const [one, other] = [await failing(), await failing()];
    expect(one).toEqual(other);
    expect(Math.abs(one.filter(Boolean).length - 60)).toBeLessThan(25);
  });
});

describe("a lost answer", () => {
  it.each([["InternalError"], [undefined]])("leaves the action done: %s", async (code) => {
    const { send, inProcess, waiting, faults, s3 } = await open(
      { action: "sqs:SendMessage", after: true, times: 2, ...(code !== undefined && { code }) },
      { action: "s3:*Object", after: true, times: 2, ...(code !== undefined && { code }) },
    );
    await expect(inProcess()).rejects.toMatchObject({ status: 500, code: code ?? "InternalServerError" });
    // The SDK retries after a 500 and after a cut connection, so that the action is done twice.
    expect((await send(2)).$metadata.attempts).toBe(2);
    expect(await waiting()).toBe(3);

    await expect(s3().send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }))).rejects.toThrow();
    const { Body, $metadata } = await s3(2).send(new GetObjectCommand({ Bucket, Key: "k" }));
    expect([await Body?.transformToString(), $metadata.attempts]).toEqual(["x", 2]);
    expect(faults.counts()).toMatchObject({ failed: 0, lost: 4 });
  });
});
