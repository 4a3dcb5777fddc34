import { setTimeout as delay } from "node:timers/promises";

/** The wait in milliseconds after a failed attempt. The first attempt is 1. */
export type Backoff = (attempt: number) => number;

/** Reads the signal again. TypeScript assumes that `signal.aborted` does not change after a first check. */
export const isAborted = (signal: AbortSignal): boolean => signal.aborted;

export const exponential: Backoff = (attempt) => Math.min(60_000, 100 * 2 ** (attempt - 1));

/** Waits, or returns when the signal aborts. The caller checks the signal. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // It rejects only when the signal aborts.
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
