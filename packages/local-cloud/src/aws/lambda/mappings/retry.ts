import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds before the given attempt is made again, the first being 1. */
export type Backoff = (attempt: number) => number;

/** Asks anew: TypeScript takes an earlier look at `signal.aborted` for the last word. */
export const isAborted = (signal: AbortSignal): boolean => signal.aborted;

export const exponential: Backoff = (attempt) => Math.min(60_000, 100 * 2 ** (attempt - 1));

/** Waits, or returns at once when the signal aborts; the caller looks at the signal. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // The only way for it to reject is the abort that the caller asks about.
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
