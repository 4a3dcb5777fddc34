import type { Progress } from "../aws/scheduler/delivery.ts";
import type { ScheduleState } from "../aws/scheduler/index.ts";
import type { Call } from "../record/index.ts";
import type { Sources } from "./sources.ts";

export interface ShownSchedule extends Omit<ScheduleState, "targetArn" | "lastRun"> {
  /** Its name and kind: `sweep, a function`. */
  readonly target: string;
  readonly lastRun: ShownRun | undefined;
}

export interface ShownRun {
  readonly at: number;
  readonly outcome: Progress["outcome"] | "DONE" | "FAILED";
  /** The code of an error. */
  readonly error: string | undefined;
  /** The call in the record, if it is still kept. */
  readonly call: number | undefined;
}

/** All schedules, with their last and their next run. */
export function schedulesOf({ scheduler, recording }: Pick<Sources, "scheduler" | "recording">): {
  readonly schedules: readonly ShownSchedule[];
} {
  const calls = recording.calls.all;
  return {
    schedules: scheduler.states().map(({ targetArn, lastRun, ...state }) => ({
      ...{ ...state, target: targetOf(targetArn) },
      lastRun: lastRun && runOf(state.name, lastRun, calls),
    })),
  };
}

function targetOf(arn: string): string {
  const [, , service, , , ...rest] = arn.split(":");
  return service === "lambda" ? `function ${rest[1] ?? ""}` : `queue ${rest[0] ?? ""}`;
}

/** The record knows what became of the function's run after its event was accepted. */
function runOf(name: string, { scheduledAt, outcome, error }: Progress, calls: readonly Call[]): ShownRun {
  const isOver = outcome !== "RUNNING" && outcome !== "RETRYING";
  const call = isOver
    ? calls.findLast(({ service, resource }) => service === "scheduler" && resource === name)
    : undefined;
  const run = call && calls.findLast(({ parent, service }) => parent === call.id && service === "lambda");
  const known = outcome === "ACCEPTED" && run ? (run.error ? "FAILED" : "DONE") : outcome;
  return { at: scheduledAt, outcome: known, error: (run?.error ?? error)?.code, call: call?.id };
}
