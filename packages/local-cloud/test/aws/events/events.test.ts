import { readdirSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { AwsError } from "../../../src/base/service.ts";
import { allow, policy, resource, role, roleArn, temporaryStorage } from "../graph.ts";
import {
  bus,
  entry,
  events,
  openEvents,
  openQueue,
  type Received,
  rule,
  shop,
  sqsArn,
  target,
} from "./support.ts";

const bodies = (messages: readonly Received[]): unknown[] =>
  messages.map(({ Body }) => JSON.parse(Body) as unknown);

describe("PutEvents", () => {
  it("sends a matching event to the rule's target", async () => {
    const { put, service, received } = openEvents([shop(), target(), openQueue("jobs")]);
    const { Entries } = (await put(
      entry({ id: 1 }, { Resources: ["arn:x"], Time: 1_770_000_000 }),
      entry({}, { Source: "other" }),
    )) as { Entries: { EventId: string }[] };
    await service.idle();
    expect(bodies(await received("jobs"))).toEqual([
      {
        version: "0",
        id: Entries[0]?.EventId,
        "detail-type": "Sold",
        source: "shop",
        account: "000000000000",
        time: "2026-02-02T02:40:00Z",
        region: "eu-west-1",
        resources: ["arn:x"],
        detail: { id: 1 },
      },
    ]);
  });

  it("answers entry by entry", async () => {
    const { put } = openEvents([]);
    expect(
      await put(
        entry(),
        entry({}, { Source: undefined }),
        entry({}, { DetailType: "" }),
        entry({}, { Detail: undefined }),
        entry({}, { Detail: "[]" }),
        entry({}, { Detail: "{" }),
        entry({}, { Detail: `{"a":${"[".repeat(1_000)}${"]".repeat(1_000)}}` }),
        entry({}, { Source: "aws.s3" }),
        entry({}, { EventBusName: "missing" }),
      ),
    ).toEqual({
      FailedEntryCount: 7,
      Entries: [
        { EventId: expect.any(String) },
        ...["Source", "DetailType", "Detail"].map((name) => ({
          ErrorCode: "InvalidArgument",
          ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
        })),
        ...[1, 2, 3].map(() => ({ ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." })),
        { ErrorCode: "NotAuthorizedForSource", ErrorMessage: "Not authorized for the source." },
        // AWS takes it as well, and drops it.
        { EventId: expect.any(String) },
      ],
    });
  });

  it("takes 1 to 10 entries of 1 MiB together", async () => {
    const { put } = openEvents([]);
    await expect(put()).rejects.toMatchObject({ code: "ValidationException" });
    expect(await put(...Array.from({ length: 10 }, () => entry()))).toMatchObject({ FailedEntryCount: 0 });
    await expect(put(...Array.from({ length: 11 }, () => entry()))).rejects.toMatchObject({
      code: "ValidationException",
      message: expect.stringContaining(
        "at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10",
      ),
    });
    const filled = (bytes: number) => entry({}, { Detail: JSON.stringify({ a: "x".repeat(bytes - 16) }) });
    expect(await put(filled(1_048_576))).toMatchObject({ FailedEntryCount: 0 });
    await expect(put(filled(1_048_577))).rejects.toMatchObject({
      message: "Total size of the entries in the request is over the limit.",
    });
  });
});

describe("what a target is sent", () => {
  const sent = async (inputs: Parameters<typeof target>[0]): Promise<string | undefined> => {
    const { put, service, received } = openEvents([shop(), target(inputs), openQueue("jobs")]);
    await put(entry({ user: "ann", list: ["a", "b"], deep: { x: 1 }, ok: true, quote: 'a"b' }));
    await service.idle();
    return (await received("jobs"))[0]?.Body;
  };
  const paths = {
    user: "$.detail.user",
    list: "$.detail.list",
    deep: "$.detail.deep",
    ok: "$.detail.ok",
    quote: "$.detail.quote",
    none: "$.detail.none",
    type: "$.detail-type",
    first: "$.detail.list[0]",
  };
  const template = (inputTemplate: string) =>
    sent({ inputTransformer: { inputPaths: paths, inputTemplate } });

  it("is its input, or what its input path names", async () => {
    expect(await sent({ input: '{"fixed": true}' })).toBe('{"fixed": true}');
    expect(await sent({ inputPath: "$.detail.deep" })).toBe('{"x":1}');
    expect(await sent({ inputPath: "$['detail'].user" })).toBe('"ann"');
  });

  it.each([
    ['{"id": <user>, "type": <type>}', '{"id": "ann", "type": "Sold"}'],
    ['{"id": "users/<user>/<user>"}', '{"id": "users/ann/ann"}'],
    ['{"list": <list>, "deep": <deep>, "ok": <ok>}', '{"list": ["a","b"], "deep": {"x":1}, "ok": true}'],
    ['{"first": <first>, "none": <none>}', '{"first": "a", "none": ""}'],
    ['{"quote": "<quote>"}', '{"quote": "a\\"b"}'],
    ['"<list> of <user>, <deep>, <none>."', '"[a,b] of ann, {x:1}, ."'],
    [
      '{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>", "at": <aws.events.event.ingestion-time>}',
      `{"rule": "shop", "arn": "${events("rule/shop")}", "at": "2026-03-01T12:00:00Z"}`,
    ],
  ])("is made by the template %s", async (inputTemplate, expected) => {
    expect(await template(inputTemplate)).toBe(expected);
  });

  it("may be the whole event within a template", async () => {
    const text = await template('{"all": <aws.events.event.json>, "some": <aws.events.event>}');
    const { all, some } = JSON.parse(text ?? "") as {
      all: Record<string, unknown>;
      some: Record<string, unknown>;
    };
    expect(all).toMatchObject({ "detail-type": "Sold", detail: { user: "ann" } });
    expect(some).toMatchObject({ detailType: "Sold", source: "shop" });
    expect(some).not.toHaveProperty("detail");
  });

  it("is nothing where a template does not give JSON: the event goes to the dead-letter queue", async () => {
    const inputTransformer = { inputPaths: paths, inputTemplate: '{"list": "<list>"}' };
    const { put, service, received } = openEvents([
      shop(),
      target({ inputTransformer, deadLetterConfig: { arn: sqsArn("dead") } }),
      openQueue("jobs"),
      openQueue("dead"),
    ]);
    await put(entry({ list: ["a"] }));
    await service.idle();
    expect(await received("jobs")).toEqual([]);
    const [dead] = await received("dead");
    expect(dead?.MessageAttributes).toMatchObject({ ERROR_CODE: { StringValue: "INVALID_JSON" } });
  });
});

it("a queue's message group is that of the target; only a FIFO queue gets a deduplication id", async () => {
  const fifo = sqsArn("jobs.fifo");
  const sqsTarget = { messageGroupId: "tenant" };
  const { service, targets, put } = openEvents([
    ...[shop(), target({ sqsTarget }, "fair"), target({ arn: fifo, sqsTarget }, "fifo")],
  ]);
  const sent: [string, string | undefined, string | undefined][] = [];
  targets.register("sqs", {
    receive: (_principal, arn, { groupId, deduplicationId }) =>
      Promise.resolve(void sent.push([arn, groupId, deduplicationId])),
  });
  const { Entries } = (await put(entry())) as { Entries: readonly { readonly EventId: string }[] };
  await service.idle();
  expect(sent).toEqual([
    [sqsArn("jobs"), "tenant", undefined],
    [fifo, "tenant", Entries[0]?.EventId],
  ]);
});

describe("a delivery that fails", () => {
  const failing = (code: string, status: number) => {
    let calls = 0;
    const receive = () => {
      calls += 1;
      return Promise.reject(new AwsError(code, "no", status));
    };
    return { calls: () => calls, target: { receive } };
  };
  const functionArn = "arn:aws:lambda:eu-west-1:000000000000:function:fn";
  const toFunction = (inputs: object = {}) =>
    target({ arn: functionArn, deadLetterConfig: { arn: sqsArn("dead") }, ...inputs });

  it("is tried again as often as the retry policy says, and then goes to the dead-letter queue", async () => {
    const opened = openEvents([
      shop(),
      toFunction({ retryPolicy: { maximumRetryAttempts: 2 } }),
      openQueue("dead"),
    ]);
    const lambda = failing("ServiceException", 500);
    opened.targets.register("lambda", lambda.target);
    await opened.put(entry());
    await opened.time.pass(999);
    expect(lambda.calls()).toBe(1);
    await opened.time.pass(60_000);
    expect(lambda.calls()).toBe(3);
    const [dead] = await opened.received("dead");
    expect(dead?.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: "SDK_CLIENT_ERROR" },
      ERROR_MESSAGE: { StringValue: "no" },
      EXHAUSTED_RETRY_CONDITION: { StringValue: "MaximumRetryAttempts" },
      RETRY_ATTEMPTS: { StringValue: "2" },
      RULE_ARN: { StringValue: events("rule/shop") },
      TARGET_ARN: { StringValue: functionArn },
    });
  });

  it("is given up when the event is too old", async () => {
    const opened = openEvents([
      shop(),
      toFunction({ retryPolicy: { maximumEventAgeInSeconds: 60 } }),
      openQueue("dead"),
    ]);
    opened.targets.register("lambda", failing("ServiceException", 500).target);
    await opened.put(entry());
    await opened.time.pass(120_000);
    const [dead] = await opened.received("dead");
    expect(dead?.MessageAttributes).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: { StringValue: "MaximumEventAgeInSeconds" },
    });
  });

  it("is not tried again without a permission", async () => {
    const jobs = openQueue("jobs", events("rule/other"));
    const dead = openQueue("dead");
    const { put, service, received } = openEvents([
      shop(),
      target({ deadLetterConfig: { arn: sqsArn("dead") } }),
      ...[jobs, dead],
    ]);
    await put(entry());
    await service.idle();
    expect(await received("jobs")).toEqual([]);
    const [letter] = await received("dead");
    expect(letter?.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: "NO_PERMISSIONS" },
      RETRY_ATTEMPTS: { StringValue: "0" },
    });
    expect(letter?.MessageAttributes).not.toHaveProperty("EXHAUSTED_RETRY_CONDITION");
  });

  it("is lost with an error in the log where the dead-letter queue does not let the rule in", async () => {
    const { put, service, log } = openEvents([
      shop(),
      target({ deadLetterConfig: { arn: sqsArn("dead") } }),
      openQueue("jobs", "arn:other"),
      openQueue("dead", "arn:other"),
    ]);
    await put(entry());
    await service.idle();
    expect(log.entries).toContainEqual(
      expect.objectContaining({
        level: "error",
        message: expect.stringContaining("the dead-letter queue refused it"),
      }),
    );
  });
});

it("an event that was accepted is delivered after a restart", async () => {
  const storage = temporaryStorage();
  const resources = [shop(), target({ arn: "arn:aws:lambda:eu-west-1:000000000000:function:fn" })];
  const first = openEvents(resources, { storage });
  first.targets.register("lambda", {
    receive: () => Promise.reject(new AwsError("ServiceException", "no", 500)),
  });
  await first.put(entry({ id: 7 }));
  await first.service.stop();
  const second = openEvents(resources, { storage });
  const seen: unknown[] = [];
  second.targets.register("lambda", {
    receive: (_principal, _arn, { body }) => Promise.resolve(void seen.push(JSON.parse(body))),
  });
  second.service.start();
  await second.time.pass(1_000);
  expect(seen).toEqual([expect.objectContaining({ detail: { id: 7 } })]);
  await second.service.stop();
  const third = openEvents(resources, { storage });
  third.targets.register("lambda", {
    receive: (_principal, _arn, { body }) => Promise.resolve(void seen.push(JSON.parse(body))),
  });
  third.service.start();
  await third.service.idle();
  expect(seen).toHaveLength(1);
});

describe("a scheduled rule", () => {
  const scheduled = (scheduleExpression: string, inputs = {}) =>
    rule("shop", { scheduleExpression, ...inputs });

  it("sends a scheduled event at its times", async () => {
    const { service, time, received } = openEvents([
      scheduled("rate(5 minutes)"),
      target(),
      openQueue("jobs"),
    ]);
    service.start();
    await time.pass(5 * 60_000);
    const all = bodies(await received("jobs")) as { time: string }[];
    expect(all.map(({ time: at }) => at)).toEqual(["2026-03-01T12:00:00Z", "2026-03-01T12:05:00Z"]);
    expect(all[0]).toEqual({
      version: "0",
      id: expect.any(String),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: "000000000000",
      time: "2026-03-01T12:00:00Z",
      region: "eu-west-1",
      resources: [events("rule/shop")],
      detail: {},
    });
  });

  it("runs by cron, in UTC", async () => {
    const { service, time, received } = openEvents([
      scheduled("cron(2 12 * * ? *)"),
      target(),
      openQueue("jobs"),
    ]);
    service.start();
    await time.pass(60 * 60_000);
    expect(await received("jobs")).toMatchObject([{ Body: expect.stringContaining("2026-03-01T12:02:00Z") }]);
  });

  it("does not run when it is disabled", async () => {
    const disabled = scheduled("rate(1 minute)", { state: "DISABLED" });
    const { service, time, received } = openEvents([disabled, target(), openQueue("jobs")]);
    service.start();
    await time.pass(60_000);
    expect(await received("jobs")).toEqual([]);
  });
});

describe("another bus as a target", () => {
  const relay = (...statements: object[]) => [
    bus("audit"),
    shop(),
    target({
      arn: events("event-bus/audit"),
      roleArn: roleArn("relay"),
      deadLetterConfig: { arn: sqsArn("dead") },
    }),
    openQueue("dead"),
    rule("all", { eventBusName: "audit", eventPattern: '{"source": [{"exists": true}]}' }),
    target({ rule: "all", eventBusName: "audit" }, "copy"),
    openQueue("jobs", events("rule/audit/all")),
    ...role("relay", ...statements).map((one) =>
      one.type === "aws:iam/role:Role"
        ? resource(
            "aws:iam/role:Role",
            "relay",
            {
              assumeRolePolicy: policy({
                Effect: "Allow",
                Principal: { Service: "events.amazonaws.com" },
                Action: "sts:AssumeRole",
              }),
            },
            { arn: roleArn("relay"), uniqueId: "AROARELAY" },
          )
        : one,
    ),
  ];

  it("gets the event as it is, if the target's role may put it there", async () => {
    const { put, service, received } = openEvents(
      relay(allow("events:PutEvents", events("event-bus/audit"))),
    );
    const { Entries } = (await put(entry({ id: 1 }))) as { Entries: { EventId: string }[] };
    await service.idle();
    expect(bodies(await received("jobs"))).toMatchObject([{ id: Entries[0]?.EventId, detail: { id: 1 } }]);
  });

  it("gets nothing without the permission", async () => {
    const { put, service, received } = openEvents(
      relay(allow("events:PutEvents", events("event-bus/default"))),
    );
    await put(entry());
    await service.idle();
    expect(await received("jobs")).toEqual([]);
    expect(await received("dead")).toMatchObject([
      { MessageAttributes: { ERROR_CODE: { StringValue: "NO_PERMISSIONS" } } },
    ]);
  });
});

describe("a rule or a target is refused by name", () => {
  const scheduled = (scheduleExpression: string, inputs = {}) =>
    rule("shop", { scheduleExpression, ...inputs });
  const notValid = "Parameter ScheduleExpression is not valid.";
  it.each<[string, Parameters<typeof openEvents>[0]]>([
    [
      "EventRule shop: eventPattern is invalid: Event pattern is not valid. Reason: Empty arrays are not allowed.",
      [shop({ eventPattern: '{"source": []}' })],
    ],
    [
      "EventRule shop: eventPattern is missing: Parameter(s) EventPattern or ScheduleExpression must be specified.",
      [rule("shop", {})],
    ],
    [
      "EventRule shop: eventBusName is invalid: Event bus gone does not exist.",
      [shop({ eventBusName: "gone" })],
    ],
    [
      "EventRule shop: scheduleExpression is invalid: ScheduleExpression is supported only on the default event bus.",
      [bus("own"), scheduled("rate(1 minute)", { eventBusName: "own" })],
    ],
    [notValid, [scheduled("rate(1 minutes)")]],
    [notValid, [scheduled("rate(5 minute)")]],
    [notValid, [scheduled("at(2026-01-01T00:00:00)")]],
    [notValid, [scheduled("cron(0 1 * * * *)")]],
    [
      "EventTarget target: rule is invalid: Rule gone does not exist on EventBus default.",
      [shop(), target({ rule: "gone" })],
    ],
    [
      "EventRule shop: targets are 6. The requested resource exceeds the maximum number allowed: 5.",
      [shop(), ...[1, 2, 3, 4, 5, 6].map((id) => target({}, `t${id}`))],
    ],
    [
      "Only one of Input, InputPath, or InputTransformer must be provided for target target.",
      [shop(), target({ input: "{}", inputPath: "$.detail" })],
    ],
    ["JSON syntax error in input for target target.", [shop(), target({ input: "words" })]],
    [
      "InputTemplate for target target contains invalid placeholder gone.",
      [shop(), target({ inputTransformer: { inputTemplate: '{"a": <gone>}' } })],
    ],
    ["is not a JSON path", [shop(), target({ inputPath: "detail" })]],
    ["RoleArn is required", [shop(), target({ arn: events("event-bus/default") })]],
    [
      "is not supported locally",
      [shop(), target({ arn: "arn:aws:kinesis:eu-west-1:000000000000:stream/s" })],
    ],
    ["SqsParameters must be specified", [shop(), target({ arn: sqsArn("jobs.fifo") })]],
  ])("%s", (message, resources) => {
    const refused = { code: "InvalidInput", message: expect.stringContaining(message) as unknown };
    expect(() => openEvents(resources)).toThrow(expect.objectContaining(refused));
  });

  it("with 5 targets it is not", () => {
    const five = [1, 2, 3, 4, 5].map((id) => target({}, `t${id}`));
    expect(() => openEvents([shop(), ...five])).not.toThrow();
  });
});

describe("the database", () => {
  it("is not created before an event has a target", async () => {
    const storage = temporaryStorage();
    const files = () => readdirSync(storage.folder).filter((name) => name.startsWith("events."));
    const { put, service } = openEvents([shop(), target(), openQueue("jobs")], { storage });
    service.start();
    await put(entry({}, { Source: "other" }));
    expect(files()).toEqual([]);
    await put(entry());
    expect(files()).toContain("events.sqlite");
    await service.idle();
  });
});
