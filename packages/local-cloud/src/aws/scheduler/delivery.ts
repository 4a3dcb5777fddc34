import { randomBytes } from "node:crypto";
import type { Iam } from "../iam/index.ts";
import { type Backoff, isAborted } from "../lambda/mappings/retry.ts";
import type { Meter } from "../../base/meter.ts";
import { AwsError, type Clock, type Log, type Principal } from "../../base/service.ts";
import type { Targets } from "../targets.ts";
import type { Wait } from "./pace.ts";
import { fillIn, notification, toSecond } from "./input.ts";
import type { Schedule } from "./schedules.ts";

/** A function or a queue that has accepted the input may still fail to handle it. */
export type Outcome = "RUNNING" | "RETRYING" | "ACCEPTED" | "DEAD_LETTER" | "LOST";

/** How far a run is. */
export interface Progress {
  readonly scheduledAt: number;
  readonly outcome: Outcome;
  /** Of the last attempt that failed. */
  readonly error?: { readonly code: string; readonly message: string };
}

export interface DeliveryOptions {
  readonly iam: Iam;
  readonly targets: Targets;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter?: Meter | undefined;
  readonly wait: Wait;
  readonly backoff: Backoff;
  readonly report: (progress: Progress) => void;
  /** Ends the retries. */
  readonly signal: AbortSignal;
}

interface Failure {
  readonly schedule: Schedule;
  readonly scheduledAt: number;
  readonly executionId: string;
  /** The body that the target got. */
  readonly input: string;
  readonly attempt: number;
  readonly error: unknown;
}

/** The session of the role with which a schedule calls its target. Throws `AccessDenied` if the role does not trust it. */
export function assumeRole(iam: Iam, { roleArn, groupArn }: Schedule): Principal {
  return iam.assume(roleArn, "scheduler.amazonaws.com", groupArn);
}

/**
 * One run of a schedule. Calls the target until it accepts the input, or until the retry policy is spent. Then the input
 * goes to the dead-letter queue. A function's event is accepted when Lambda has stored it; Lambda retries failed runs.
 */
export async function deliver(
  schedule: Schedule,
  scheduledAt: number,
  options: DeliveryOptions,
): Promise<void> {
  const { clock, log, wait, backoff, signal } = options;
  const report = (outcome: Outcome, error?: unknown): void =>
    options.report({ scheduledAt, outcome, ...(error !== undefined && { error: errorOf(error) }) });
  const executionId = randomBytes(8).toString("hex");
  const text = schedule.input ?? notification(schedule, scheduledAt);
  report("RUNNING");
  for (let attempt = 1; ; attempt++) {
    const input = fillIn(text, { scheduleArn: schedule.arn, scheduledAt, executionId, attempt });
    const delay = backoff(attempt);
    try {
      await send(schedule, input, options);
      report("ACCEPTED");
      return;
    } catch (error) {
      const failure = { schedule, scheduledAt, executionId, input, attempt, error };
      const spent = spentLimit(schedule, attempt, clock() + delay - scheduledAt);
      if (spent !== undefined) {
        report(await sendToDeadLetters(failure, spent, options), error);
        return;
      }
      report("RETRYING", error);
      log.warn("schedule's target failed: it is called again", about(failure));
    }
    await wait(delay, signal);
    if (isAborted(signal)) {
      log.warn("schedule's run lost: the scheduler stopped before the next attempt", {
        schedule: schedule.name,
        executionId,
      });
      report("LOST");
      return;
    }
  }
}

async function send(
  schedule: Schedule,
  input: string,
  { iam, targets, meter }: DeliveryOptions,
): Promise<void> {
  meter?.count("scheduler.invocations", schedule.name);
  const { targetArn, groupId } = schedule;
  await targets.deliver(assumeRole(iam, schedule), targetArn, {
    body: input,
    ...(groupId !== undefined && { groupId }),
  });
}

/** The limit that is reached, by its name in dead letters. */
function spentLimit(schedule: Schedule, attempt: number, ageMs: number): string | undefined {
  if (attempt > schedule.maximumRetries) {
    return "MaximumRetryAttempts";
  }
  return ageMs > schedule.maximumAgeMs ? "MaximumEventAgeInSeconds" : undefined;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html */
async function sendToDeadLetters(
  failure: Failure,
  spent: string,
  { iam, targets, log }: DeliveryOptions,
): Promise<Outcome> {
  const { schedule, input } = failure;
  if (schedule.deadLetterArn === undefined) {
    log.error("schedule's run lost: its retries are spent and it has no dead-letter queue", about(failure));
    return "LOST";
  }
  try {
    await targets.deliver(assumeRole(iam, schedule), schedule.deadLetterArn, {
      body: input,
      attributes: attributesOf(failure, spent),
    });
    log.warn("schedule's target failed: its input went to the dead-letter queue", about(failure));
    return "DEAD_LETTER";
  } catch (fault) {
    log.error("schedule's run lost: the dead-letter queue refused it", {
      ...about(failure),
      fault: String(fault),
    });
    return "LOST";
  }
}

const errorOf = (error: unknown) => ({
  code: error instanceof AwsError ? error.code : "InternalServerException",
  message: error instanceof Error ? error.message : String(error),
});

function attributesOf(failure: Failure, spent: string): Record<string, object> {
  const { schedule, scheduledAt, executionId, attempt } = failure;
  const { code, message } = errorOf(failure.error);
  const texts = {
    ERROR_CODE: code,
    ERROR_MESSAGE: message.slice(0, 1024),
    EXECUTION_ID: executionId,
    EXHAUSTED_RETRY_CONDITION: spent,
    IS_PAYLOAD_TRUNCATED: "false",
    RETRY_ATTEMPTS: String(attempt - 1),
    SCHEDULED_TIME: toSecond(scheduledAt),
    SCHEDULE_ARN: schedule.arn,
    TARGET_ARN: schedule.targetArn,
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, { DataType: "String", StringValue: text }]),
  );
}

function about({ schedule, executionId, attempt, input, error }: Failure): Record<string, unknown> {
  return { schedule: schedule.name, executionId, attempt, input, error: String(error) };
}
