import { describe, expect, it } from "@jest/globals";
import { allow } from "../graph.ts";
import { at, dead, jobs, minutes, noon, openTick, schedule, sendsText, toJobs } from "./support.ts";

const utc = (time: number | undefined) =>
  time === undefined ? undefined : new Date(time).toISOString().replace(".000", "");

describe("the states of schedules", () => {
  it("have the expression, the target, and the last and next run in the time zone of the schedule", async () => {
    const daily = {
      scheduleExpression: "cron(30 23 * * ? *)",
      scheduleExpressionTimezone: "Australia/Sydney",
    };
    const { start, states, time } = openTick(sendsText("x", daily));
    start();
    expect(states()).toMatchObject([
      { name: "tick", enabled: true, expression: "cron(30 23 * * ? *)", timezone: "Australia/Sydney" },
    ]);
    expect(states()[0]).toMatchObject({ targetArn: jobs.outputs.arn, lastRun: undefined });
    expect(utc(states()[0]?.nextRun)).toBe(at(30));
    await time.pass(minutes(31));
    expect(states()[0]?.lastRun).toEqual({ scheduledAt: noon + minutes(30), outcome: "ACCEPTED" });
    expect(utc(states()[0]?.nextRun)).toBe("2026-03-02T12:30:00Z");
  });

  it("have no next run before the start, when disabled, and when none is to come", () => {
    const idle = openTick(sendsText("x"));
    expect(idle.states()[0]?.nextRun).toBeUndefined();
    for (const inputs of [
      { state: "DISABLED" },
      { scheduleExpression: "at(2020-01-01T00:00:00)" },
      { endDate: at(-1) },
    ]) {
      const { start, states } = openTick(sendsText("x", inputs));
      start();
      expect(states()[0]?.nextRun).toBeUndefined();
    }
  });

  it("say that a failed run is tried again, and what became of it", async () => {
    const retryPolicy = { maximumRetryAttempts: 1 };
    const once = { scheduleExpression: "at(2026-03-01T12:00:00)" };
    const deadLetterConfig = { arn: dead.outputs.arn };
    const tick = schedule({ ...toJobs, input: "x", retryPolicy, deadLetterConfig }, once);
    const { start, states, time } = openTick(tick, [allow("sqs:SendMessage", dead.outputs.arn)]);
    start();
    await time.pass(0);
    const error = {
      code: "AccessDeniedException",
      message: expect.stringContaining("is not authorized to perform: sqs:SendMessage"),
    };
    expect(states()[0]?.lastRun).toEqual({ scheduledAt: noon, outcome: "RETRYING", error });
    await time.pass(minutes(1));
    expect(states()[0]?.lastRun).toEqual({ scheduledAt: noon, outcome: "DEAD_LETTER", error });
  });

  it("are those of the newest run while an earlier one is tried again", async () => {
    const later = allow("sqs:SendMessage", jobs.outputs.arn, {
      Condition: { DateGreaterThan: { "aws:CurrentTime": "2100-01-01T00:00:00Z" } },
    });
    const { start, states, time } = openTick(sendsText("x"), [later]);
    start();
    await time.pass(minutes(1) + 5000);
    expect(states()[0]?.lastRun).toMatchObject({ scheduledAt: noon + minutes(1), outcome: "RETRYING" });
  });
});

describe("a run by hand", () => {
  it("calls the target as the schedule does, also of a disabled one", async () => {
    const { run, states, received, time } = openTick(sendsText("by hand", { state: "DISABLED" }));
    run("tick");
    await time.pass(0);
    expect((await received("jobs")).map(({ Body }) => Body)).toEqual(["by hand"]);
    expect(states()[0]).toMatchObject({ enabled: false, lastRun: { outcome: "ACCEPTED" } });
  });

  it("is refused for a schedule that does not exist", () => {
    const { run } = openTick(sendsText("x"));
    expect(() => run("tock")).toThrow("There is no schedule tock");
  });
});
