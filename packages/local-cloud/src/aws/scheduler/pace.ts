import { isAborted } from "../lambda/mappings/retry.ts";
import type { Clock } from "../../base/service.ts";
import { type Expression, nextRun, type Span } from "./expression.ts";

/** Waits, or returns immediately when the signal aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

export interface Timing {
  readonly clock: Clock;
  readonly wait: Wait;
  /** Ends the runs. */
  readonly signal: AbortSignal;
}

/** AWS's precision. A run is at most this late after the machine has slept. */
const MAX_WAIT_MS = 60_000;

/**
 * Calls `run` at each due time from now on, with that time. It does not wait for the end of a run, so that a long run
 * does not delay the next. Runs that fall into the sleep of the machine are skipped.
 */
export async function keepPace(
  expression: Expression,
  span: Span,
  { clock, wait, signal }: Timing,
  run: (due: number) => void,
): Promise<void> {
  const created = clock();
  let due = nextRun(expression, span, created, created);
  while (due !== undefined) {
    while (!isAborted(signal) && clock() < due) {
      await wait(Math.min(due - clock(), MAX_WAIT_MS), signal);
    }
    if (isAborted(signal)) {
      return;
    }
    run(due);
    due = nextRun(expression, span, created, Math.max(due + 1, clock()));
  }
}
