import { setTimeout as pause } from "node:timers/promises";
import { DarkroomError } from "../../packages/client/src/index.ts";

/** Errors that a repetition would get again; docs/api.md describes them. */
const refusals =
  /^(?:AccountErased|QuotaExceeded|NotFound|Unauthorized|ValidationError|StateConflict|Conflict|VersionConflict|InvalidToken|InvalidCallbackUrl)$/;

/** True for a refusal by the API, false for a fault on the way. */
export const isRefusal = (error: unknown): error is DarkroomError =>
  error instanceof DarkroomError && refusals.test(error.errorType);

/**
 * Repeats an attempt that failed with an unknown outcome, as a client should. `attempt` gets whether an earlier one may
 * have been executed. Throws refusals, and the signal's reason.
 */
export async function persist<Result>(
  attempt: (unsure: boolean) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  for (let tries = 0; ; tries += 1) {
    signal.throwIfAborted();
    try {
      return await attempt(tries > 0);
    } catch (error) {
      if (isRefusal(error)) {
        throw error;
      }
    }
    await pause(Math.min(50 * 2 ** tries, 2000) * (0.5 + Math.random() / 2), undefined, { signal });
  }
}

/** Runs a limited number at a time, in the order of the calls. */
export function gate(atOnce: number): <Result>(run: () => Promise<Result>) => Promise<Result> {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (run) => {
    if (running >= atOnce) {
      await new Promise<void>((resolve) => queue.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await run();
    } finally {
      const next = queue.shift();
      if (next) {
        next();
      } else {
        running -= 1;
      }
    }
  };
}
