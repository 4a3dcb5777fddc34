/** The values of one metric in one minute, as far as statistics need them. */
export interface Summary {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** For percentiles. */
  readonly sample: readonly number[];
}

/** Percentiles of more values are of the first ones. */
const maxSample = 1000;

export function add(summary: Summary | undefined, value: number): Summary {
  if (summary === undefined) {
    return { count: 1, sum: value, min: value, max: value, sample: [value] };
  }
  const { count, sum, min, max, sample } = summary;
  if (sample.length < maxSample) {
    (sample as number[]).push(value);
  }
  return { count: count + 1, sum: sum + value, min: Math.min(min, value), max: Math.max(max, value), sample };
}

export const merge = (summaries: readonly Summary[]): Summary | undefined =>
  summaries.length === 0
    ? undefined
    : summaries.reduce((one, other) => ({
        count: one.count + other.count,
        sum: one.sum + other.sum,
        min: Math.min(one.min, other.min),
        max: Math.max(one.max, other.max),
        sample: [...one.sample, ...other.sample],
      }));

/** `p99` and the like are values of the sample; CloudWatch interpolates between them. */
export function statisticOf({ count, sum, min, max, sample }: Summary, stat: string): number {
  const known: Readonly<Record<string, number>> = {
    Sum: sum,
    SampleCount: count,
    Average: sum / count,
    Minimum: min,
    Maximum: max,
  };
  const found = known[stat];
  if (found !== undefined) {
    return found;
  }
  const sorted = sample.toSorted((one, other) => one - other);
  const index = Math.ceil((Number(stat.slice(1)) / 100) * sorted.length) - 1;
  return sorted[Math.max(0, index)] ?? NaN;
}

export const isStatistic = (stat: string): boolean =>
  /^(?:Sum|SampleCount|Average|Minimum|Maximum|p(?:100|\d{1,2}(?:\.\d+)?))$/.test(stat);
