import { randomUUID } from "node:crypto";
import type { Schedule } from "./schedules.ts";

interface Invocation {
  readonly scheduleArn: string;
  readonly scheduledAt: number;
  readonly executionId: string;
  /** The first is 1. */
  readonly attempt: number;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
export function fillIn(input: string, invocation: Invocation): string {
  return input
    .replaceAll("<aws.scheduler.schedule-arn>", invocation.scheduleArn)
    .replaceAll("<aws.scheduler.scheduled-time>", toSecond(invocation.scheduledAt))
    .replaceAll("<aws.scheduler.execution-id>", invocation.executionId)
    .replaceAll("<aws.scheduler.attempt-number>", String(invocation.attempt));
}

/** The body for the target of a schedule without an input. */
export function notification({ arn }: Schedule, scheduledAt: number): string {
  const [, , , region, account] = arn.split(":");
  return JSON.stringify({
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account,
    time: toSecond(scheduledAt),
    region,
    resources: [arn],
    detail: "{}",
  });
}

export function toSecond(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
