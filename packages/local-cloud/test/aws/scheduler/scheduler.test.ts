import { describe, expect, it } from "@jest/globals";
import type { Resource } from "../../../src/base/graph.ts";
import { allow, graphOf, queue, role } from "../graph.ts";
import { functionArn, lambdaFunction } from "../lambda/support.ts";
import {
  at,
  dead,
  jobs,
  minutes,
  openScheduler,
  openTick,
  ordered,
  schedule,
  scheduleArn,
  sendsText,
  tickRole,
  toJobs,
} from "./support.ts";

const time = "<aws.scheduler.scheduled-time>";

async function runs(tick: Resource, ms: number): Promise<string[]> {
  const { start, time: clock, received } = openTick(tick);
  start();
  await clock.pass(ms);
  return (await received("jobs")).map(({ Body }) => Body).sort();
}

describe("a schedule", () => {
  it("runs at once, and then at its rate", async () => {
    expect(await runs(sendsText(time), minutes(2))).toEqual([at(0), at(1), at(2)]);
    const hourly = sendsText(time, { scheduleExpression: "rate(2 hours)" });
    expect(await runs(hourly, minutes(239))).toEqual([at(0), at(120)]);
  });

  it("runs at the start of a flexible time window", async () => {
    const flexibleTimeWindow = { mode: "FLEXIBLE", maximumWindowInMinutes: 15 };
    expect(await runs(sendsText(time, { flexibleTimeWindow }), 0)).toEqual([at(0)]);
  });

  it("runs between its start and its end, counting from the start", async () => {
    const rate = { scheduleExpression: "rate(5 minutes)" };
    const ahead = sendsText(time, { ...rate, startDate: at(3), endDate: at(8) });
    expect(await runs(ahead, minutes(60))).toEqual([at(3), at(8)]);
    const begun = sendsText(time, { ...rate, startDate: at(-7), endDate: at(4) });
    expect(await runs(begun, minutes(60))).toEqual([at(3)]);
    expect(await runs(sendsText(time, { ...rate, startDate: at(-9), endDate: at(-1) }), minutes(60))).toEqual(
      [],
    );
  });

  it("runs once at its time, in its time zone", async () => {
    const once = (text: string, rest = {}) => sendsText(time, { scheduleExpression: `at(${text})`, ...rest });
    expect(await runs(once("2026-03-01T12:01:30"), minutes(60))).toEqual([at(1, 30)]);
    const sydney = once("2026-03-01T23:02:00", { scheduleExpressionTimezone: "Australia/Sydney" });
    expect(await runs(sydney, minutes(60))).toEqual([at(2)]);
  });

  it("runs at the times of its cron expression, in its time zone", async () => {
    const cron = (text: string, rest = {}) =>
      sendsText(time, { scheduleExpression: `cron(${text})`, ...rest });
    expect(await runs(cron("0/2 12 * * ? *"), minutes(5))).toEqual([at(0), at(2), at(4)]);
    const sydney = cron("1 23 * * ? *", { scheduleExpressionTimezone: "Australia/Sydney" });
    expect(await runs(sydney, minutes(60))).toEqual([at(1)]);
    const span = { startDate: at(2, 30), endDate: at(6) };
    expect(await runs(cron("0/2 * * * ? *", span), minutes(60))).toEqual([at(4), at(6)]);
  });

  it("does not run when its time has passed, or when it is disabled", async () => {
    expect(
      await runs(sendsText(time, { scheduleExpression: "at(2026-03-01T11:59:59)" }), minutes(60)),
    ).toEqual([]);
    expect(await runs(sendsText(time, { state: "DISABLED" }), minutes(60))).toEqual([]);
  });

  it("does not make up for what a sleeping machine missed", async () => {
    const { start, time: clock, received } = openTick(sendsText(time));
    start();
    await clock.pass(0);
    await clock.sleep(minutes(10) + 1);
    await clock.pass(minutes(1));
    // The run that was due when the machine fell asleep is late; then the pace is as before.
    expect((await received("jobs")).map(({ Body }) => Body).sort()).toEqual([at(0), at(1), at(11)]);
  });

  it("waits for no longer than a minute at once: timers stand still while a machine sleeps", async () => {
    const years = 3 * 365 * 24 * 60;
    const { start, time: clock, received } = openTick(sendsText(time, { startDate: at(years) }));
    start();
    expect(clock.waits()).toEqual([minutes(1)]);
    await clock.sleep(minutes(years));
    expect((await received("jobs")).map(({ Body }) => Body)).toEqual([at(years)]);
  });

  it("ends all waits when it is stopped", async () => {
    const { start, stop, time: clock, received } = openTick(sendsText("x"));
    start();
    await clock.pass(0);
    await stop();
    expect(clock.waits()).toEqual([]);
    await clock.pass(minutes(5));
    expect(await received("jobs")).toHaveLength(1);
  });
});

describe("the target", () => {
  it("gets the context attributes of the run", async () => {
    const names = ["schedule-arn", "scheduled-time", "execution-id", "attempt-number"];
    const [body] = await runs(sendsText(names.map((name) => `<aws.scheduler.${name}>`).join(" ")), 0);
    expect(body).toMatch(new RegExp(`^${scheduleArn} 2026-03-01T12:00:00Z [0-9a-f]{16} 1$`));
  });

  it("gets AWS's own notification when the schedule has no input", async () => {
    const [body = ""] = await runs(schedule(toJobs), 0);
    expect(JSON.parse(body)).toEqual({
      version: "0",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      "detail-type": "Scheduled Event",
      source: "aws.scheduler",
      account: "000000000000",
      time: "2026-03-01T12:00:00Z",
      region: "eu-west-1",
      resources: [scheduleArn],
      detail: "{}",
    });
  });

  it("may be a function, which is run with the input as its event", async () => {
    const code = "export const handler = async (event) => console.log(`attempt ${event.attempt}`);";
    const input = '{"attempt":"<aws.scheduler.attempt-number>"}';
    const graph = graphOf(
      ...role("fn-role"),
      lambdaFunction("fn", code),
      schedule({ arn: functionArn("fn"), input }),
      ...tickRole([allow("lambda:InvokeFunction", functionArn("fn"))]),
    );
    const { start, functionLog } = openScheduler(graph);
    start();
    await functionLog.until(({ message }) => message === "attempt 1");
  });

  it("may be a FIFO queue, which gets the schedule's message group", async () => {
    const target = { arn: ordered.outputs.arn, input: time, sqsParameters: { messageGroupId: "ticks" } };
    const { start, time: clock, received } = openTick(schedule(target));
    start();
    await clock.pass(minutes(1));
    const [first, ...rest] = await received("ordered.fifo");
    expect(first).toMatchObject({ Body: at(0), Attributes: { MessageGroupId: "ticks" } });
    expect(rest.map(({ Body }) => Body)).toEqual([at(1)]);
  });

  it("fails when it is a FIFO queue that derives no deduplication ids", async () => {
    const plain = queue("plain.fifo", { fifoQueue: true });
    const target = {
      arn: plain.outputs.arn,
      ...{ input: "x", sqsParameters: { messageGroupId: "ticks" } },
      ...{ retryPolicy: { maximumRetryAttempts: 0 }, deadLetterConfig: { arn: dead.outputs.arn } },
    };
    const statements = [allow("sqs:SendMessage", [plain.outputs.arn, dead.outputs.arn])];
    const once = schedule(target, { scheduleExpression: "at(2026-03-01T12:00:00)" });
    const graph = graphOf(plain, dead, once, ...tickRole(statements));
    const { start, time: clock, received } = openScheduler(graph);
    start();
    await clock.pass(0);
    const [letter] = await received("dead");
    expect(letter?.MessageAttributes?.["ERROR_MESSAGE"]?.StringValue).toMatch(/MessageDeduplicationId/);
    expect(await received("plain.fifo")).toEqual([]);
  });
});

describe("a target that fails", () => {
  const retryPolicy = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 60 };
  const once = { scheduleExpression: "at(2026-03-01T12:00:00)" };
  const deadLetterConfig = { arn: dead.outputs.arn };
  const onlyDead = [allow("sqs:SendMessage", dead.outputs.arn)];

  it("is called again, and the next runs do not wait for it", async () => {
    const statements = [
      allow("sqs:SendMessage", jobs.outputs.arn, {
        Condition: { DateGreaterThan: { "aws:CurrentTime": "2100-01-01T00:00:00Z" } },
      }),
    ];
    const { start, log, time: clock } = openTick(sendsText("x"), statements);
    start();
    await clock.pass(minutes(1));
    const tried = log.entries.map(
      ({ fields }) => `${String(fields["executionId"])} ${String(fields["attempt"])}`,
    );
    expect(new Set(log.entries.map(({ fields }) => fields["executionId"])).size).toBe(2);
    expect(new Set(tried).size).toBe(tried.length);
    expect(tried.filter((one) => one.endsWith(" 1"))).toHaveLength(2);
    expect(tried.filter((one) => one.endsWith(" 5"))).toHaveLength(1);
  });

  it("leaves its input in the dead-letter queue once the retries are spent, with what happened", async () => {
    const tick = schedule(
      { ...toJobs, input: "try <aws.scheduler.attempt-number>", retryPolicy, deadLetterConfig },
      once,
    );
    const { start, time: clock, received } = openTick(tick, onlyDead);
    start();
    await clock.pass(minutes(1));
    const [message, ...more] = await received("dead");
    expect(more).toEqual([]);
    expect(message?.Body).toBe("try 3");
    const attributes = Object.entries(message?.MessageAttributes ?? {});
    expect(Object.fromEntries(attributes.map(([name, { StringValue }]) => [name, StringValue]))).toEqual({
      ERROR_CODE: "AccessDeniedException",
      ERROR_MESSAGE: expect.stringContaining(
        "tick-role/default is not authorized to perform: sqs:SendMessage",
      ),
      EXECUTION_ID: expect.stringMatching(/^[0-9a-f]{16}$/),
      EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
      IS_PAYLOAD_TRUNCATED: "false",
      RETRY_ATTEMPTS: "2",
      SCHEDULED_TIME: "2026-03-01T12:00:00Z",
      SCHEDULE_ARN: scheduleArn,
      TARGET_ARN: jobs.outputs.arn,
    });
  });

  it("is given up when the run is too old", async () => {
    const target = { ...toJobs, input: "x", deadLetterConfig };
    const tick = schedule({ ...target, retryPolicy: { maximumEventAgeInSeconds: 60 } }, once);
    const { start, time: clock, received } = openTick(tick, onlyDead);
    start();
    await clock.pass(minutes(2));
    const [message] = await received("dead");
    expect(message?.MessageAttributes?.["EXHAUSTED_RETRY_CONDITION"]?.StringValue).toBe(
      "MaximumEventAgeInSeconds",
    );
  });

  it.each([
    ["there is no dead-letter queue", {}, /it has no dead-letter queue/],
    ["the role may not send to it", { deadLetterConfig }, /the dead-letter queue refused it/],
  ])("is lost with an error in the log when %s", async (_, rest, message) => {
    const tick = schedule({ ...toJobs, input: "x", retryPolicy, ...rest }, once);
    const { start, log, time: clock } = openTick(tick, [allow("sqs:ReceiveMessage", "*")]);
    start();
    await clock.pass(minutes(1));
    expect(log.entries.filter(({ level }) => level === "error")).toEqual([
      expect.objectContaining({ message: expect.stringMatching(message) }),
    ]);
  });

  it("is not called again after a stop", async () => {
    const { start, stop, log, time: clock } = openTick(schedule({ ...toJobs, input: "x" }, once), onlyDead);
    start();
    await clock.pass(0);
    await stop();
    expect(clock.waits()).toEqual([]);
    expect(log.entries.at(-1)?.message).toMatch(/^schedule's run lost/);
  });
});
