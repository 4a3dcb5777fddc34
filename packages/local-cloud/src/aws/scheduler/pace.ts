import { isAborted } from "../lambda/mappings/retry.ts";
import type { Clock } from "../../base/service.ts";
import { type Expression, nextRun, type Span } from "./expression.ts";

/** Waits, or returns at once when the signal aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

export interface Timing {
  readonly clock: Clock;
  readonly wait: Wait;
  /** Ends the runs. */
  readonly signal: AbortSignal;
}

/** AWS's precision, and the most that a machine's sleep may delay a run. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Calls `run` with each time at which the expression is due, counted from now. It does not wait for the run to end: one
 * that takes long does not delay the next. Runs that a sleeping machine missed are left out.
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
      await wait(Math.min(due - clock(), LONGEST_WAIT_MS), signal);
    }
    if (isAborted(signal)) {
      return;
    }
    run(due);
    due = nextRun(expression, span, created, Math.max(due + 1, clock()));
  }
}
