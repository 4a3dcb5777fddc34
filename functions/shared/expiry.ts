const day = 86_400_000;

/** How long rows of a log are kept. */
export interface Keeping {
  /** Days. 0: forever. */
  readonly days: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The attribute by which DynamoDB removes a row some days after its time (epoch seconds). */
export const expiry = (days: number, now: number): { readonly expiresAt?: number } =>
  days === 0 ? {} : { expiresAt: Math.ceil((now + days * day) / 1000) };
