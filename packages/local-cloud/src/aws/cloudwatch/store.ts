import type { Meter } from "../../base/meter.ts";
import type { Dimensions } from "../../base/metrics.ts";
import type { Clock } from "../../base/service.ts";
import type { LogReader } from "./log-reader.ts";
import { add, merge, type Summary } from "./values.ts";

/** What alarms are judged by. Times are milliseconds since the epoch; the end is not included. */
export interface Readings {
  metric(
    namespace: string,
    name: string,
    dimensions: Dimensions,
    from: number,
    to: number,
  ): Summary | undefined;
  /** How many contributors a rule of Contributor Insights has found. */
  contributors(rule: string, from: number, to: number): number | undefined;
}

const minute = 60_000;
const maxMinutes = 180;
/** Names can come from users. */
const maxSeries = 10_000;

/** The values of the last hours by minute, in memory. */
export class MetricStore implements Readings {
  readonly #clock: Clock;
  readonly #logs: LogReader;
  readonly #meter: Meter;
  readonly #series = new Map<string, Map<number, Summary>>();
  readonly #found = new Map<string, Map<number, Set<string>>>();

  constructor(clock: Clock, logs: LogReader, meter: Meter) {
    this.#clock = clock;
    this.#logs = logs;
    this.#meter = meter;
  }

  put(namespace: string, name: string, dimensions: Dimensions, value: number): void {
    const series = bucketsOf(this.#series, keyOf(namespace, name, dimensions));
    const at = Math.floor(this.#clock() / minute);
    series.set(at, add(series.get(at), value));
    trim(series);
  }

  line(logGroup: string, text: string): void {
    for (const { namespace, name, dimensions, value } of this.#logs.metricsIn(logGroup, text)) {
      this.put(namespace, name, dimensions, value);
    }
    for (const { rule, contributor } of this.#logs.contributorsIn(logGroup, text)) {
      this.#meter.count("logs.insightEvents", rule);
      const buckets = bucketsOf(this.#found, rule);
      const at = Math.floor(this.#clock() / minute);
      buckets.set(at, (buckets.get(at) ?? new Set()).add(contributor));
      trim(buckets);
    }
  }

  metric(
    namespace: string,
    name: string,
    dimensions: Dimensions,
    from: number,
    to: number,
  ): Summary | undefined {
    return merge(within(this.#series.get(keyOf(namespace, name, dimensions)), from, to));
  }

  contributors(rule: string, from: number, to: number): number | undefined {
    const found = within(this.#found.get(rule), from, to);
    return found.length === 0 ? undefined : new Set(found.flatMap((some) => [...some])).size;
  }
}

/** A metric has exactly the dimensions with which it was written. */
const keyOf = (namespace: string, name: string, dimensions: Dimensions): string =>
  JSON.stringify([
    namespace,
    name,
    ...Object.entries(dimensions).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ]);

function bucketsOf<Value>(all: Map<string, Map<number, Value>>, key: string): Map<number, Value> {
  const known = all.get(key);
  if (known) {
    return known;
  }
  const buckets = new Map<number, Value>();
  if (all.size < maxSeries) {
    all.set(key, buckets);
  }
  return buckets;
}

function trim(buckets: Map<number, unknown>): void {
  if (buckets.size > maxMinutes) {
    buckets.delete(buckets.keys().next().value ?? 0);
  }
}

function within<Value>(buckets: ReadonlyMap<number, Value> | undefined, from: number, to: number): Value[] {
  return [...(buckets ?? [])].flatMap(([at, value]) =>
    at * minute + minute > from && at * minute < to ? [value] : [],
  );
}
