import { describe, expect, it } from "@jest/globals";
import { allow, graphOf, resource, role } from "../graph.ts";
import { functionArn, lambdaFunction } from "../lambda/support.ts";
import {
  at,
  jobs,
  ordered,
  openScheduler,
  openTick,
  schedule,
  scheduleArn,
  sends,
  sendsText,
  tickRole,
  toJobs,
} from "./support.ts";

describe("a schedule is refused by name", () => {
  const groupArn = "arn:aws:scheduler:eu-west-1:000000000000:schedule-group/nightly";
  const expression = (scheduleExpression: string) => sendsText("x", { scheduleExpression });
  const named = (text: string) => new RegExp(`^Schedule tick: ${text}`);
  it.each([
    [
      expression("cron(0 8 * * * *)"),
      "scheduleExpression is invalid: cron.* is not a schedule expression: one of day-of-",
    ],
    [
      expression("rate(0 minutes)"),
      "scheduleExpression is invalid: rate\\(0 minutes\\) is not a schedule expression",
    ],
    [expression("rate(30 seconds)"), "scheduleExpression is invalid: rate\\(30 seconds\\) is not a"],
    [expression("at(2026-02-30T12:00:00)"), "scheduleExpression is invalid: at.* is not a valid time"],
    [
      sendsText("x", { scheduleExpressionTimezone: "Mars/Base" }),
      "scheduleExpression is invalid: Mars/Base is not a time zone",
    ],
    [sendsText("x", { startDate: "tomorrow" }), "startDate is tomorrow, which is not a time in UTC"],
    [sendsText("x", { startDate: at(1), endDate: at(0) }), "endDate is before startDate"],
    [
      sendsText("x", { flexibleTimeWindow: { mode: "FLEXIBLE" } }),
      "flexibleTimeWindow.maximumWindowInMinutes is missing",
    ],
    [
      sendsText("x", { flexibleTimeWindow: { mode: "OFF", maximumWindowInMinutes: 5 } }),
      "flexibleTimeWindow.maximumWindowInMinutes is for mode FLEXIBLE",
    ],
    [sendsText(""), "target.input is empty"],
    [sendsText("x", { groupName: "nightly" }), "groupName names no declared schedule group: nightly"],
    [
      schedule({ ...toJobs, sqsParameters: { messageGroupId: "g" } }),
      "target.sqsParameters is only for FIFO queues",
    ],
    [schedule({ arn: ordered.outputs.arn }), "target.sqsParameters.messageGroupId is missing"],
    [
      schedule({ ...toJobs, deadLetterConfig: { arn: ordered.outputs.arn } }),
      "target.deadLetterConfig must name a standard queue",
    ],
    [
      schedule({ arn: "arn:aws:scheduler:::aws-sdk:sqs:sendMessage" }),
      "target.arn is arn:aws:scheduler:::aws-sdk:sqs:sendMessage; only Lambda functions and SQS queues",
    ],
    [schedule({ arn: functionArn("gone") }), "target.arn names no declared function"],
    [schedule({ arn: `${jobs.outputs.arn}2` }), "target.arn names no declared queue"],
    [
      schedule({ ...toJobs, deadLetterConfig: { arn: "arn:aws:sqs:x" } }),
      "target.deadLetterConfig names no declared queue",
    ],
  ])("%#", (tick, message) => {
    expect(() => openTick(tick)).toThrow(named(message));
  });

  it("when the input of a function is not JSON", () => {
    const graph = graphOf(
      ...role("fn-role"),
      lambdaFunction("fn", "export const handler = async () => 1;"),
      schedule({ arn: functionArn("fn"), input: "words" }),
      ...tickRole([allow("lambda:InvokeFunction", functionArn("fn"))]),
    );
    expect(() => openScheduler(graph)).toThrow(named("target.input is not JSON"));
  });

  it.each([
    ["another account's schedules", { StringEquals: { "aws:SourceAccount": "111111111111" } }],
    ["another group's", { ArnLike: { "aws:SourceArn": groupArn } }],
    ["one schedule, whose ARN AWS does not send", { ArnLike: { "aws:SourceArn": scheduleArn } }],
  ])("when its role trusts only %s", (_, condition) => {
    const graph = graphOf(jobs, sendsText("x"), ...tickRole([sends], condition));
    expect(() => openScheduler(graph)).toThrow(
      named("target.roleArn is .* The execution role you provide must allow AWS EventBridge Scheduler"),
    );
  });

  it("unless its group is declared", async () => {
    const group = {
      ...resource("aws:sqs/queue:Queue", "nightly", {}),
      type: "aws:scheduler/scheduleGroup:ScheduleGroup",
    };
    const condition = { ArnLike: { "aws:SourceArn": groupArn } };
    const tick = sendsText("x", { groupName: "nightly" });
    const {
      start,
      time: clock,
      received,
    } = openScheduler(graphOf(jobs, group, tick, ...tickRole([sends], condition)));
    start();
    await clock.pass(0);
    expect(await received("jobs")).toHaveLength(1);
  });
});
