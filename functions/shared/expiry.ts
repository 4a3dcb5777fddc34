const day = 86_400_000;

/** How long rows of a log are kept. */
export interface Keeping {
  /** Days. 0: for ever. */
  readonly days: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The attribute by which DynamoDB removes a row after so many days, within days (epoch seconds). */
export const expiry = (days: number, now: number): { readonly expiresAt?: number } =>
  days === 0 ? {} : { expiresAt: Math.ceil((now + days * day) / 1000) };
