import { DarkroomError } from "./api.ts";
import { backoff, pause } from "./pause.ts";

const maxAttempts = 8;

const passing = /^(NetworkError|Internal|Http5\d\d|Http429|ThrottlingException|SlowDown)$/;

/** True for errors that another attempt may not meet. */
export const isPassing = (error: unknown): boolean =>
  error instanceof DarkroomError && passing.test(error.errorType);

/** Repeats what failed on the way. Throws the last error, and the signal's reason. */
export async function persist<Result>(
  run: (attempt: number) => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await run(attempt);
    } catch (error) {
      if (!isPassing(error) || attempt + 1 >= maxAttempts) {
        throw error;
      }
    }
    await pause(backoff(attempt), signal);
  }
}
