import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { AwsError } from "../../../src/base/service.ts";
import type { Resource } from "../../../src/base/graph.ts";
import { region, roleArn, temporaryStorage } from "../graph.ts";
import type { Report } from "./killed.ts";
import { bucketArn, functionArn, notification, openS3, queueArn } from "./support.ts";

const Bucket = "pictures";

describe("an event", () => {
  it("has the form of S3's own", async () => {
    const { client, messages, s3 } = await openS3([notification()], { clock: () => Date.now() });
    await client.send(new PutObjectCommand({ Bucket, Key: "a b/ü(1).png", Body: "hello" }));
    await s3.idle();
    expect(JSON.parse(messages[1] ?? "")).toEqual({
      Records: [
        {
          eventVersion: "2.1",
          eventSource: "aws:s3",
          awsRegion: region,
          eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          eventName: "ObjectCreated:Put",
          userIdentity: { principalId: expect.stringMatching(/^AWS:AROA[0-9A-F]{17}:local$/) },
          requestParameters: { sourceIPAddress: "127.0.0.1" },
          responseElements: {
            "x-amz-request-id": expect.stringMatching(/^[0-9A-F]{16}$/),
            "x-amz-id-2": expect.stringMatching(/^[\w+/=]{64}$/),
          },
          s3: {
            s3SchemaVersion: "1.0",
            configurationId: "all",
            bucket: { name: "pictures", ownerIdentity: { principalId: expect.any(String) }, arn: bucketArn },
            object: {
              key: "a+b/%C3%BC%281%29.png",
              size: 5,
              eTag: "5d41402abc4b2a76b9719d911017c592",
              sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
            },
          },
        },
      ],
    });
  });

  it("receives each change of a key in order, with a rising sequencer, across restarts too", async () => {
    const storage = temporaryStorage();
    const first = await openS3([notification()], { storage });
    await first.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "1" }));
    await first.client.send(new CopyObjectCommand({ Bucket, Key: "k2", CopySource: "pictures/k" }));
    await first.client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    const before = await first.events();
    await first.s3.stop();
    // A clock that has been set back must not turn the order around.
    const second = await openS3([notification()], { storage, clock: () => Date.now() - 60_000 });
    await second.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "2" }));
    const all = [...before, ...(await second.events())];
    expect(all.map(({ eventName, s3 }) => [eventName, s3.object.key])).toEqual([
      ["ObjectCreated:Put", "k"],
      ["ObjectCreated:Copy", "k2"],
      ["ObjectRemoved:Delete", "k"],
      ["ObjectCreated:Put", "k"],
    ]);
    const sequencers = all.map(({ s3 }) => s3.object.sequencer);
    expect(sequencers).toEqual([...new Set(sequencers)].sort());
    expect(all[2]?.s3.object).not.toHaveProperty("size");
  });

  it("receives only events whose name, prefix and suffix fit", async () => {
    const rule = { events: ["s3:ObjectCreated:Put"], filterPrefix: "in/", filterSuffix: ".png" };
    const { client, events } = await openS3([notification(rule)]);
    for (const Key of ["in/a.png", "in/a.jpg", "out/a.png"]) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    }
    await client.send(new CopyObjectCommand({ Bucket, Key: "in/b.png", CopySource: "pictures/in/a.png" }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "in/a.png" }));
    expect((await events()).map(({ s3 }) => s3.object.key)).toEqual(["in/a.png"]);
  });
});

describe("an object that a service writes in its caller's name", () => {
  const principal = (name: string) => ({ kind: "role" as const, roleArn: roleArn(name), sessionArn: "s" });

  it("is stored, and its event is sent, like any other", async () => {
    const { s3, client, events } = await openS3([notification()]);
    await s3.write(principal("writer"), Bucket, "a/b", '{"ü":1}');
    expect((await events()).map(({ eventName, s3: { object } }) => [eventName, object.key])).toEqual([
      ["ObjectCreated:Put", "a/b"],
    ]);
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "a/b" }));
    expect(await Body?.transformToString()).toBe('{"ü":1}');
  });

  it("is refused without permission, and without a bucket", async () => {
    const { s3, events } = await openS3([notification()]);
    await expect(s3.write(principal("reader"), Bucket, "k", "x")).rejects.toThrow(/s3:PutObject/);
    await expect(s3.write(principal("writer"), "other", "k", "x")).rejects.toMatchObject({
      code: "NoSuchBucket",
    });
    expect(await events()).toEqual([]);
  });
});

describe("the test event", () => {
  it("comes when a queue is first configured, and not again", async () => {
    const storage = temporaryStorage();
    const first = await openS3([notification()], { storage });
    await first.s3.idle();
    expect(first.messages.map((body) => JSON.parse(body) as unknown)).toEqual([
      {
        Service: "Amazon S3",
        Event: "s3:TestEvent",
        Time: expect.any(String),
        Bucket: "pictures",
        RequestId: expect.any(String),
        HostId: expect.any(String),
      },
    ]);
    await first.s3.stop();
    const second = await openS3([notification()], { storage });
    await second.s3.idle();
    expect(second.messages).toEqual([]);
  });
});

describe("a function and a topic", () => {
  const topicArn = queueArn.replace(":sqs:", ":sns:");
  const created = { events: ["s3:ObjectCreated:*"] };
  const declared: Resource = {
    ...notification(),
    inputs: {
      bucket: Bucket,
      lambdaFunctions: [{ ...created, lambdaFunctionArn: functionArn, filterPrefix: "in/" }],
      topics: [{ ...created, topicArn, filterPrefix: "out/" }],
    },
  };

  it("get the events that they are declared for; the topic alone gets a test event", async () => {
    const received: (readonly [string, string | undefined])[] = [];
    const notify = (_bucket: string, target: string, body: string) => {
      const { Records, Event } = JSON.parse(body) as {
        Records?: { s3: { object: { key: string } } }[];
        Event?: string;
      };
      received.push([target, Records?.[0]?.s3.object.key ?? Event]);
      return Promise.resolve();
    };
    const { client, s3 } = await openS3([declared], { notify });
    await client.send(new PutObjectCommand({ Bucket, Key: "in/a", Body: "1" }));
    await client.send(new PutObjectCommand({ Bucket, Key: "out/a", Body: "1" }));
    await s3.idle();
    expect(received.toSorted()).toEqual([
      [functionArn, "in/a"],
      [topicArn, "out/a"],
      [topicArn, "s3:TestEvent"],
    ]);
  });

  it("are demanded as S3 does: what takes no events of the bucket is refused in its words", async () => {
    const { s3 } = await openS3([declared]);
    const asked: string[][] = [];
    s3.requireTargets((...names) => void asked.push(names));
    expect(asked).toEqual([
      [bucketArn, functionArn],
      [bucketArn, topicArn],
    ]);
    const refuse = (service: string, error: AwsError) => () =>
      s3.requireTargets((_bucket, target) => {
        if (target.includes(service)) {
          throw error;
        }
      });
    const denied = new AwsError("AccessDenied", "no policy allows it", 403);
    expect(refuse("lambda", denied)).toThrow(
      `Unable to validate the following destination configurations: ${functionArn}: Not authorized to invoke function [${functionArn}]`,
    );
    expect(refuse("sns", denied)).toThrow(
      "Permissions on the destination topic do not allow S3 to publish notifications from this bucket",
    );
    expect(refuse("lambda", new AwsError("ResourceNotFoundException", "Function not found", 404))).toThrow(
      "Function not found",
    );
  });
});

it("events that an earlier version of the data folder kept for queues are delivered", async () => {
  const storage = temporaryStorage();
  const before = await openS3([notification()], {
    storage,
    notify: () => Promise.reject(new Error("down")),
  });
  await before.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "1" }));
  await before.s3.stop();
  const database = new DatabaseSync(join(storage.folder, "s3.sqlite"));
  database.exec("ALTER TABLE outbox RENAME COLUMN target_arn TO queue_arn");
  database.close();
  const { events } = await openS3([notification()], { storage });
  expect((await events()).map(({ s3 }) => s3.object.key)).toEqual(["k"]);
});

describe("delivery", () => {
  it("tries again until the queue takes the message, in order for one key, without holding up others", async () => {
    const taken: string[] = [];
    let refusals = 2;
    const notify = (bucket: string, queue: string, body: string) => {
      expect([bucket, queue]).toEqual([bucketArn, queueArn]);
      const { Records = [] } = JSON.parse(body) as {
        Records?: { eventName: string; s3: { object: { key: string } } }[];
      };
      const [record] = Records;
      if (record?.s3.object.key === "slow" && refusals-- > 0) {
        return Promise.reject(new Error("not now"));
      }
      if (record) {
        taken.push(`${record.eventName} ${record.s3.object.key}`);
      }
      return Promise.resolve();
    };
    const { client, s3 } = await openS3([notification()], { notify });
    await client.send(new PutObjectCommand({ Bucket, Key: "slow", Body: "1" }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "slow" }));
    await client.send(new PutObjectCommand({ Bucket, Key: "quick", Body: "1" }));
    await s3.idle();
    expect(taken.toSorted()).toEqual([
      "ObjectCreated:Put quick",
      "ObjectCreated:Put slow",
      "ObjectRemoved:Delete slow",
    ]);
    expect(taken.indexOf("ObjectCreated:Put slow")).toBeLessThan(taken.indexOf("ObjectRemoved:Delete slow"));
  });

  it("may be repeated, late and overtaken, and is waited for", async () => {
    const now = { delayMs: 0, inOrder: true };
    const plans = [[now], [{ delayMs: 1, inOrder: false }], [now, { delayMs: 50, inOrder: false }]];
    const arrivals: { name: string; body: string; at: number }[] = [];
    const overtaken = Promise.withResolvers<undefined>();
    const notify = async (_bucket: string, _queue: string, body: string) => {
      const { Records = [] } = JSON.parse(body) as { Records?: { eventName: string }[] };
      const name = Records[0]?.eventName;
      if (name === undefined) {
        return;
      }
      // Whoever is handed on apart holds up nobody, for as long as it takes.
      if (name === "ObjectCreated:Put") {
        await overtaken.promise;
      }
      arrivals.push({ name, body, at: performance.now() });
      if (arrivals.length === 2) {
        overtaken.resolve(undefined);
      }
    };
    const { client, s3 } = await openS3([notification()], {
      deliveryPlans: () => plans.shift() ?? [now],
      notify,
    });
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "1" }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await s3.idle();
    expect(arrivals.map(({ name }) => name)).toEqual([
      "ObjectRemoved:Delete",
      "ObjectRemoved:Delete",
      "ObjectCreated:Put",
    ]);
    const [first, second] = arrivals;
    expect(second?.body).toBe(first?.body);
    // A timer may be a millisecond early, never more.
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(45);
  });

  it("goes on after a restart with what the queue had not taken", async () => {
    const storage = temporaryStorage();
    const refused = await openS3([notification()], {
      storage,
      notify: () => Promise.reject(new Error("down")),
    });
    await refused.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "1" }));
    await refused.s3.stop();
    const { events } = await openS3([notification()], { storage });
    expect((await events()).map(({ s3 }) => s3.object.key)).toEqual(["k"]);
  });

  it("loses nothing to kill -9 between the write and the event", async () => {
    const storage = temporaryStorage();
    const node = process.execPath;
    const child = fork(join(import.meta.dirname, "killed.ts"), [storage.folder], {
      execPath: node,
      execArgv: [],
      silent: true,
    });
    const [report] = (await once(child, "message")) as [Report];
    expect(report).toBe("stored");
    child.kill("SIGKILL");
    await once(child, "exit");
    const { client, events } = await openS3([notification()], { storage });
    expect((await events()).map(({ s3 }) => s3.object.key)).toEqual(["survivor"]);
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "survivor" }));
    expect(await Body?.transformToString()).toBe("bytes");
  });
});
