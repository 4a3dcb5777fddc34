import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import local from "../../local-cloud.config.ts";
import { createCloudWatch } from "../../packages/local-cloud/src/aws/cloudwatch/index.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import type { CloudOptions } from "../../packages/local-cloud/src/cloud.ts";
import { type Receiver, startReceiver } from "../../tools/chaos/receiver.ts";
import { clientOf, send } from "../support/client.ts";
import { type Running, useCloud } from "../support/cloud.ts";
import { asFunction, credentialsOf, invoke } from "../support/function.ts";
import { corruptJpeg, jpeg } from "../support/pictures.ts";
import { graphOf } from "../support/program.ts";
import { redrive } from "../support/runbook.ts";
import { signPost } from "../support/sign.ts";
import { notWalked, walk, walked } from "../support/walks.ts";

/** All that have been on in this file, each by the data of its own metrics. */
const rung = new Set<string>();

const prefix = "darkroom-prod-";

/** As if what has happened lasted for as long as an alarm wants. */
function on({ cloud }: Running, at?: number): string[] {
  const states = cloud.alarms({ lasting: true, ...(at !== undefined && { at }) });
  const names = [...states].flatMap(([name, state]) =>
    state === "ALARM" ? [name.slice(prefix.length)] : [],
  );
  names.forEach((name) => rung.add(name));
  return names.sort();
}

const prodCloud = (options: Partial<CloudOptions> = {}) =>
  useCloud({ stack: "prod", backoff: () => 0, ...options });

const ofSlowMachines = ["api-slow", "users-affected"];

/** More than the ten by which an alarm is not judged. */
const enough = 12;
const times = <Result>(act: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: enough }, (_, index) => act(index)));

async function upload(client: Running["alice"], bytes: Buffer, more = {}): Promise<void> {
  const { upload: request } = await client.create(bytes, "image/jpeg", more);
  await send(request, bytes);
}

/** Messages that no function understands. */
async function sendNonsense(running: Running, queueNames: readonly string[]): Promise<void> {
  const { sqs, queue, close } = asFunction(running, "administrator");
  for (const name of queueNames) {
    const fifo = queue(name).url.endsWith(".fifo");
    for (let from = 0; from < enough; from += 6) {
      const Entries = Array.from({ length: 6 }, (_, index) => ({
        Id: String(index),
        MessageBody: "nonsense",
        ...(fifo && { MessageGroupId: `${from + index}`, MessageDeduplicationId: `${from + index}` }),
      }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue(name).url, Entries }));
    }
  }
  close();
}

const queueNamesOf = ({ cloud }: Running) =>
  ofType(cloud.graph, "aws:sqs/queue:Queue").map(({ name }) => name);
const queueOf = ({ cloud }: Running, name: string) =>
  ofType(cloud.graph, "aws:sqs/queue:Queue").find((queue) => queue.name === name)?.outputs.arn;
const functionNamesOf = ({ cloud }: Running) =>
  ofType(cloud.graph, "aws:lambda/function:Function").map(({ name }) => name);

describe("a clean run", () => {
  const use = prodCloud();
  const uploads = Number(process.env["ALARM_UPLOADS"] ?? 24);

  it("starts no alarm, nor does a cloud that has just started", async () => {
    const running = use();
    expect(on(running)).toEqual([]);
    for (let done = 0; done < uploads; done += enough) {
      await times(async () => upload(running.alice, await jpeg()));
      await running.alice.get("{ listAssets { items { id labels { name } thumbnailUrl downloadUrl } } }");
    }
    await running.cloud.idle();
    await invoke(running, "sweep");
    const found = on(running);
    // A busy machine answers slowly, which says nothing of AWS. What follows from it is not counted either.
    rung.delete("api-slow");
    rung.delete("users-affected");
    expect(
      found.filter((name) => (found.includes("api-slow") ? !ofSlowMachines.includes(name) : true)),
    ).toEqual([]);
  });

  it("tells when the data of the schedules end", () => {
    const { cloud } = use();
    const states = cloud.alarms({ at: Date.now() + 3 * 3_600_000 });
    const ended = [...states].flatMap(([name, state]) => (state === "INSUFFICIENT_DATA" ? [name] : []));
    expect(ended).toEqual([`${prefix}sweep-idle`, `${prefix}audit-idle`]);
    ended.forEach((name) => rung.add(name.slice(prefix.length)));
  });

  it("has what the pages of the schedules look for", async () => {
    const pages = [
      ["sweep-idle", ":function:darkroom-prod-sweep", /RowsDue/],
      ["audit-idle", ":uploads-events", /"message":"Audit"/],
    ] as const;
    for (const [alarm, target, line] of pages) {
      expect(await walk(use(), alarm, line)).toMatchObject({
        "scheduler get-schedule": {
          State: "ENABLED",
          Target: { Arn: expect.stringContaining(target) as unknown },
        },
      });
    }
  });
});

describe("functions that crash", () => {
  const use = prodCloud({ faults: { kill: { rate: 1 } } });

  it("start the alarm of each", async () => {
    const running = use();
    const names = functionNamesOf(running);
    for (const name of names) {
      await expect(invoke(running, name, { Records: [] })).rejects.toThrow("answered 200");
    }
    expect(on(running)).toEqual(expect.arrayContaining(names.map((name) => `${name}-errors`)));
    expect(on(running)).toContain("users-affected");
    for (const name of names) {
      expect(await walk(running, `${name}-errors`, /Runtime exited/)).toMatchObject({
        "lambda get-account-settings": {
          AccountLimit: { UnreservedConcurrentExecutions: expect.any(Number) as unknown },
        },
      });
    }
  });
});

describe("functions that fail on messages", () => {
  const limits = {
    ...{ maxAssets: 1000, maxBytes: 1_000_000_000, maxChangesADay: 1000, maxRelabelsADay: 10 },
    ...{ maxLabelledADay: 1000, maxLabelledADayInAll: 0, labellingPaused: false },
    ...{ maxCallbacksADay: 1000, maxCallbacksADayToAHost: 1000 },
  };
  const use = prodCloud({ config: { "darkroom:limits": JSON.stringify(limits) } });

  it("start no alarm, when a budget is used up, but its own", async () => {
    const running = use();
    await upload(running.alice, await jpeg());
    await running.cloud.idle();
    expect(on(running)).toEqual(["label-budget-used-up"]);
  });

  it("start the same alarms, although no function has an error", async () => {
    const running = use();
    const working = queueNamesOf(running).filter((name) => !name.endsWith("-dead"));
    await sendNonsense(running, working);
    await running.cloud.idle();
    const readers = ["deliver", "erase", "indexer", "ingest", "label", "purge", "relay", "thumbnail"];
    const found = on(running).filter((name) => name.endsWith("-errors"));
    expect(found).toEqual(readers.map((name) => `${name}-errors`));
    for (const name of readers) {
      // Of a message that is not JSON, relay fails as a whole.
      const line = name === "relay" ? /ERROR\tInvoke Error/ : /"level":"ERROR","message":"A message failed"/;
      await walk(running, `${name}-errors`, line);
    }
    for (const dead of queueNamesOf(running).filter((name) => name.endsWith("-dead"))) {
      // Of relay, see failed-changes.test.ts.
      await walk(running, dead, dead === "pipeline-failed-changes-dead" ? undefined : /"messageId":"[\w-]+"/);
    }
  });
});

describe("messages that wait", () => {
  const use = prodCloud({ mappings: false });

  it("start the alarm of each queue, and of each queue of dead letters", async () => {
    const running = use();
    const names = queueNamesOf(running);
    await sendNonsense(running, names);
    expect(on(running)).toEqual(
      names
        .filter((name) => name.endsWith("-dead"))
        .concat("users-affected")
        .sort(),
    );
    const tomorrow = Date.now() + 86_400_000;
    expect(on(running, tomorrow)).toEqual(
      [...names.map((name) => (name.endsWith("-dead") ? name : `${name}-late`)), "users-affected"].sort(),
    );
  });

  it("are found, and moved back, by the pages of the queues", async () => {
    const running = use();
    for (const name of queueNamesOf(running)) {
      if (name.endsWith("-dead")) {
        expect(await redrive(running, name)).toContain("nonsense");
        walked.add(name);
      } else {
        const EventSourceArn = queueOf(running, name);
        expect(await walk(running, `${name}-late`)).toMatchObject({
          "lambda list-event-source-mappings": {
            EventSourceMappings: expect.arrayContaining([
              expect.objectContaining({ State: "Enabled", EventSourceArn }),
            ]) as unknown,
          },
        });
      }
    }
  });
});

describe("pictures and receivers that fail", () => {
  const people = ["alice", "bob", "admin", "carol", "dave", "erin"];
  let receiver: Receiver;
  const use = prodCloud({
    local: { ...local, users: people.map((username) => ({ username })) },
    faults: { actions: [{ action: "rekognition:DetectLabels", code: "InvalidImageFormatException" }] },
  });
  beforeAll(async () => {
    receiver = await startReceiver({ behave: () => ({ status: 500 }) });
  });
  afterAll(() => receiver.stop());

  it("start no alarm for the dead receiver of one user", async () => {
    const running = use();
    const words = Buffer.from("some words");
    const { alice } = running;
    await times(async () => {
      const { upload: request } = await alice.create(words, "text/plain", { callbackUrl: receiver.url });
      await send(request, words);
    });
    await receiver.until(() => receiver.received.length >= enough);
    await running.cloud.idle();
    expect(on(running)).toEqual([]);
  });

  it("start an alarm if the receivers of most users are dead", async () => {
    const running = use();
    const words = Buffer.from("some words");
    for (const name of people.slice(0, 5)) {
      const client = await clientOf(running.cloud.ready, name);
      const { upload: request } = await client.create(words, "text/plain", { callbackUrl: receiver.url });
      await send(request, words);
    }
    await running.cloud.idle();
    expect(on(running)).toEqual(["callbacks-failing", "users-affected"]);
    await walk(running, "callbacks-failing", /"message":"Receiver called".*"status":500/);
  });

  it("start alarms of labels and of thumbnails", async () => {
    const running = use();
    await times(async () => upload(running.bob, await corruptJpeg()));
    await running.cloud.idle();
    expect(on(running)).toEqual(expect.arrayContaining(["labelling-failing", "thumbnails-failing"]));
    await walk(running, "labelling-failing", /"type":"LABEL_FAILED".*"code":"InvalidImageFormat"/);
    await walk(running, "thumbnails-failing", /"refused":"ImageDamaged"/);
  });
});

describe("an API that refuses, and one that fails", () => {
  const use = prodCloud({
    faults: {
      actions: [
        { action: "dynamodb:GetItem", code: "InternalServerError" },
        { action: "appsync:GraphQL", code: "InternalFailure" },
      ],
    },
  });

  it("starts an alarm for answers Internal, whose status is 200", async () => {
    const running = use();
    const answers = await times(() => running.alice.ask("{ me { id } }"));
    expect(new Set(answers.map(({ errors }) => errors?.[0]?.errorType))).toEqual(new Set(["Internal"]));
    expect(on(running)).toEqual(["resolvers-failing", "users-affected"]);
    await walk(running, "resolvers-failing", /^ERROR - .*"ResolverFaults"/);
  });

  it("starts an alarm for refused requests", async () => {
    const running = use();
    const { graphqlUrl } = running.cloud.ready;
    const refused = () => fetch(graphqlUrl, { method: "POST", headers: { authorization: "x" }, body: "{}" });
    await times(refused);
    await times(refused);
    expect(on(running)).toContain("api-refusals");
  });

  it("starts an alarm for answers 5xx", async () => {
    const running = use();
    const { graphqlUrl, region } = running.cloud.ready;
    const url = new URL(graphqlUrl);
    const body = JSON.stringify({ query: 'mutation { endAdminSubscriptions(userId: "x") }' });
    const headers = await signPost({
      ...{ service: "appsync", region, url, body },
      credentials: credentialsOf(running.cloud, "operator"),
    });
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(500);
    expect(on(running)).toContain("api-faults");
  });
});

describe("a database that throttles", () => {
  const code = "ThrottlingException";
  const actions = ["GetItem", "Query", "PutItem", "UpdateItem", "TransactWriteItems"];
  const use = prodCloud({
    mappings: false,
    faults: { actions: actions.map((action) => ({ action: `dynamodb:${action}`, code })) },
  });

  it("starts alarms of its tables and of its indexes", async () => {
    const running = use();
    await times(() => running.alice.ask('mutation { createUser(input: { name: "Alice" }) { id } }'));
    await times(() => running.alice.ask("{ me { id } }"));
    expect(on(running)).toEqual(expect.arrayContaining(["reads-throttled"]));
    const table = asFunction(running, "administrator");
    await times(() =>
      table.dynamodb
        .send(new PutItemCommand({ TableName: table.table("users"), Item: { id: { S: "x" } } }))
        .catch(() => undefined),
    );
    table.close();
    await times(() => invoke(running, "sweep").catch(() => undefined));
    expect(on(running)).toEqual(
      expect.arrayContaining(["index-reads-throttled", "reads-throttled", "writes-throttled"]),
    );
  });
});

describe("a relay that cannot even keep what it failed on", () => {
  const use = prodCloud({
    faults: {
      kill: { rate: 1, functions: ["*-relay"] },
      actions: [{ action: "s3:PutObject", code: "InternalError" }],
    },
  });

  it("starts the alarm for what will be lost", async () => {
    const running = use();
    await running.alice.create(Buffer.from("some words"), "text/plain");
    await running.cloud.idle();
    expect(on(running)).toContain("relay-losing");
    expect(await walk(running, "relay-losing", /Runtime exited/)).toMatchObject({
      "lambda list-event-source-mappings": {
        EventSourceMappings: expect.arrayContaining([
          expect.objectContaining({
            DestinationConfig: { OnFailure: { Destination: expect.stringMatching(/^arn:aws:s3:::/) } },
          }),
        ]) as unknown,
      },
      "lambda get-function-configuration": { Role: expect.stringContaining("relay") as unknown },
    });
  }, 120_000);
});

describe("a sweep that comes late", () => {
  const use = prodCloud({ mappings: false });

  it("starts an alarm", async () => {
    const running = use();
    const { dynamodb, table, close } = asFunction(running, "administrator");
    const due = { dueShard: { S: "0" }, dueAt: { N: String(Date.now() - 3_600_000) } };
    const key = { ownerId: { S: "nobody" }, id: { S: "x" } };
    await dynamodb.send(new PutItemCommand({ TableName: table("erasures"), Item: { ...key, ...due } }));
    close();
    await invoke(running, "sweep");
    expect(on(running)).toEqual(["sweep-behind"]);
    await walk(running, "sweep-behind", /DueLag/);
  });
});

/**
 * The local cloud has no such data: a stream that is minutes old, requests of seconds, throttled writes of an index, and
 * objects that are an hour old. Their alarms get values by the names that AWS and the function give them.
 */
describe("alarms whose data take longer than a test", () => {
  const index = { TableName: "ASSETS", GlobalSecondaryIndexName: "live" };
  const fed: readonly (readonly [string, string, string, Record<string, string>, number, number])[] = [
    ["relay-late", "AWS/Lambda", "IteratorAge", { FunctionName: `${prefix}relay` }, 90_000, 1],
    ["api-slow", "AWS/AppSync", "Latency", { GraphQLAPIId: "API" }, 2500, 100],
    ["index-writes-throttled", "AWS/DynamoDB", "WriteThrottleEvents", index, 6, 2],
    ["audit-refused", "Darkroom/prod", "AuditsRefused", { service: "ingest" }, 1, 1],
  ];

  it.each(fed)("%s", async (name, namespace, metric, dimensions, value, count) => {
    const graph = await graphOf("prod");
    const api = ofType(graph, "aws:appsync/graphQLApi:GraphQLApi")[0]?.id ?? "";
    const table = ofType(graph, "aws:dynamodb/table:Table").find((one) => one.name === "tables-assets");
    const real: Record<string, string | undefined> = { API: api, ASSETS: table?.outputs.name };
    const named = Object.fromEntries(
      Object.entries(dimensions).map(([key, given]) => [key, real[given] ?? given]),
    );
    const { metrics, states } = createCloudWatch(graph, Date.now);
    const isOn = () => states({ lasting: true }).get(prefix + name);
    expect(isOn()).toBe("OK");
    for (let index = 0; index < count; index += 1) {
      metrics.put(namespace, metric, named, value);
    }
    expect(isOn()).toBe("ALARM");
    rung.add(name);
  });
});

it("each alarm of the program was on in this file", async () => {
  const alarms = (await graphOf("prod")).resources.filter(({ type }) =>
    /:(?:Metric|Composite)Alarm$/.test(type),
  );
  const names = alarms.map(({ outputs }) =>
    ((outputs as { alarmName?: string }).alarmName ?? outputs.name).slice(prefix.length),
  );
  expect([...rung].sort()).toEqual(names.sort());
});

it("each page was followed while its alarm was on, or says why not", () => {
  expect([...walked, ...Object.keys(notWalked)].sort()).toEqual([...rung].sort());
});
