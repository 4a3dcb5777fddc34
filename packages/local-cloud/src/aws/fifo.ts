/** What FIFO queues and FIFO topics have in common. */

/** How long a deduplication id applies, in milliseconds. */
export const deduplicationMs = 300_000;

/** 20 digits, as on AWS. The order of the strings is that of the numbers. */
export const sequenceNumber = (position: number): string => (10n ** 19n + BigInt(position)).toString();
