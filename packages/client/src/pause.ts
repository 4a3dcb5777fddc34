/** Longest pause between two attempts, in milliseconds. */
const maxPause = 30_000;

/** Milliseconds before the next attempt: longer each time, with a random part, so that many clients do not come at the same time. */
export const backoff = (attempt: number): number =>
  Math.min(100 * 2 ** attempt, maxPause) * (0.5 + Math.random() / 2);

/** Resolves after a time, or as soon as the signal aborts. */
export const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) {
      end();
    }
  });
