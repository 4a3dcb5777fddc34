/** The quantile of the numbers at this share (0 to 1), by nearest rank. NaN if there are no numbers. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Megabytes, of bytes. */
export const megabytes = (bytes: number): number => round(bytes / 1_048_576);

/** Minimum, median and maximum of repeated measurements. */
export const spread = (numbers: readonly number[]): { min: number; median: number; max: number } => ({
  min: round(Math.min(...numbers)),
  median: round(median(numbers)),
  max: round(Math.max(...numbers)),
});
