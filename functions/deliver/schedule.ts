/** Seconds between attempts (Standard Webhooks' schedule); the first is made at once, and after the last none. */
const waits = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** Attempts of one series. */
export const mostTries = waits.length + 1;

/** The longest wait that a receiver may ask for, in seconds. */
const longestRetryAfter = 86_400;

/**
 * How long to wait after so many tries, in seconds, or undefined if it was the last. Up to a fifth is added by
 * chance, so that receivers that failed together are not called together; a receiver may ask for more, not for less.
 */
export function waitAfter(tries: number, retryAfter: number | undefined, random: number): number | undefined {
  const wait = waits[tries - 1];
  return wait === undefined
    ? undefined
    : Math.max(wait * (1 + random / 5), Math.min(retryAfter ?? 0, longestRetryAfter));
}

/** The header's seconds or date (RFC 9110, 10.2.3), as seconds from now; what is neither is not heard. */
export function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) {
    return undefined;
  }
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
