import type { Graph } from "../../base/graph.ts";
import type { Iam } from "../iam/index.ts";
import { type Backoff, exponential, pause } from "../lambda/mappings/retry.ts";
import { refuse } from "../../base/refusal.ts";
import { assumeRole, deliver, type DeliveryOptions } from "./delivery.ts";
import { keepPace, type Wait } from "./pace.ts";
import { type Schedule, schedulesOf } from "./schedules.ts";

export interface SchedulerOptions extends Omit<DeliveryOptions, "wait" | "backoff" | "signal"> {
  readonly graph: Graph;
  readonly wait?: Wait | undefined;
  readonly backoff?: Backoff | undefined;
}

export interface Scheduler {
  readonly start: () => void;
  /** Returns when the current calls have ended. A run that waits for a retry is lost, with an error in the log. */
  readonly stop: () => Promise<void>;
}

/**
 * EventBridge Scheduler for the schedules of the graph. A rate runs at the start and then at its pace, as on AWS.
 * Throws `InvalidInput` with the schedule and its input, for what cannot run here and for a role that cannot be assumed.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { graph, iam, clock, wait = pause, backoff = exponential } = options;
  const schedules = schedulesOf(graph);
  for (const schedule of schedules) {
    requireTrust(iam, schedule);
  }
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Set<Promise<void>>();
  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => running.delete(tracked));
    running.add(tracked);
  };
  return {
    start() {
      for (const schedule of schedules.filter(({ enabled }) => enabled)) {
        const runOnce = (due: number) => track(deliver(schedule, due, { ...options, wait, backoff, signal }));
        track(keepPace(schedule.expression, schedule.span, { clock, wait, signal }, runOnce));
      }
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
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
