import type { Graph } from "../../base/graph.ts";
import type { Iam } from "../iam/index.ts";
import { type Backoff, exponential, pause } from "../lambda/mappings/retry.ts";
import { refuse } from "../../base/refusal.ts";
import { type About, noRecorder, type Recorder } from "../../base/recorder.ts";
import { assumeRole, deliver, type DeliveryOptions, type Progress } from "./delivery.ts";
import { nextRun } from "./expression.ts";
import { keepPace, type Wait } from "./pace.ts";
import { type Schedule, schedulesOf } from "./schedules.ts";

export interface SchedulerOptions extends Omit<DeliveryOptions, "wait" | "backoff" | "report" | "signal"> {
  readonly graph: Graph;
  readonly wait?: Wait | undefined;
  readonly backoff?: Backoff | undefined;
  readonly recorder?: Recorder | undefined;
}

/** A schedule with its last and its next run. Times are in milliseconds since the epoch. */
export interface ScheduleState extends Pick<Schedule, "name" | "enabled" | "timezone" | "targetArn"> {
  readonly expression: string;
  readonly lastRun: Progress | undefined;
  /** Undefined if none is to come, or if the scheduler does not run. */
  readonly nextRun: number | undefined;
}

export interface Scheduler {
  readonly start: () => void;
  /** Returns when the current calls have ended. A run that waits for a retry is lost, with an error in the log. */
  readonly stop: () => Promise<void>;
  readonly states: () => readonly ScheduleState[];
  /** Calls the target now, also that of a disabled schedule. Throws a plain `Error` for an unknown name. */
  readonly run: (name: string) => void;
}

/**
 * EventBridge Scheduler for the schedules of the graph. A rate runs at the start and then at its pace, as on AWS.
 * Throws `InvalidInput` with the schedule and its input, for what cannot run here and for a role that cannot be assumed.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { graph, iam, clock, wait = pause, backoff = exponential, recorder = noRecorder } = options;
  const schedules = schedulesOf(graph);
  for (const schedule of schedules) {
    requireTrust(iam, schedule);
  }
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Set<Promise<void>>();
  const lastRuns = new Map<Schedule, Progress>();
  let startedAt: number | undefined;
  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => running.delete(tracked));
    running.add(tracked);
  };
  const runOnce = (schedule: Schedule, due: number): void => {
    const report = (progress: Progress): void => {
      // An earlier run may still be retried.
      if ((lastRuns.get(schedule)?.scheduledAt ?? 0) <= due) {
        lastRuns.set(schedule, progress);
      }
      recorder.note({ error: progress.outcome === "ACCEPTED" ? undefined : progress.error });
    };
    const work = () => deliver(schedule, due, { ...options, wait, backoff, report, signal });
    track(recorder.call(aboutRun(schedule), work));
  };
  return {
    start() {
      startedAt = clock();
      for (const schedule of schedules.filter(({ enabled }) => enabled)) {
        const { expression, span } = schedule;
        track(keepPace(expression, span, { clock, wait, signal }, (due) => runOnce(schedule, due)));
      }
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
    states: () => schedules.map((schedule) => stateOf(schedule, lastRuns.get(schedule), startedAt, clock())),
    run(name) {
      const schedule = schedules.find((one) => one.name === name);
      if (!schedule) {
        throw new Error(`There is no schedule ${name}`);
      }
      runOnce(schedule, clock());
    },
  };
}

const aboutRun = ({ name, input }: Schedule): About => ({
  ...{ service: "scheduler", operation: "run", resource: name, input: input ?? "" },
  principal: { kind: "service", service: "scheduler.amazonaws.com" },
});

function stateOf(
  { name, enabled, expressionText, timezone, expression, span, targetArn }: Schedule,
  lastRun: Progress | undefined,
  startedAt: number | undefined,
  now: number,
): ScheduleState {
  const next = enabled && startedAt !== undefined ? nextRun(expression, span, startedAt, now) : undefined;
  return { name, enabled, expression: expressionText, timezone, targetArn, lastRun, nextRun: next };
}

function requireTrust(iam: Iam, schedule: Schedule): void {
  try {
    assumeRole(iam, schedule);
  } catch (error) {
    refuse(
      schedule.declared,
      "target.roleArn",
      `is ${schedule.roleArn}. The execution role you provide must allow AWS EventBridge Scheduler to assume the role: ${(error as Error).message}`,
    );
  }
}
