import { Metrics } from "@aws-lambda-powertools/metrics";
import type { Metered, MetricName } from "../../domain/metrics.ts";

/** Counts and times of one function for CloudWatch: kept during an invocation, written as one line by `publish`. */
export interface Meter<Of extends Metered> {
  count(name: MetricName<Of, "Count">, value?: number): void;
  time(name: MetricName<Of, "Milliseconds">, milliseconds: number): void;
  publish(): void;
}

/**
 * CloudWatch reads metrics out of the log (embedded metric format): writing one costs no call. The namespace is the
 * stack's, from POWERTOOLS_METRICS_NAMESPACE: two stacks in one account must not count together.
 */
export function createMeter<Of extends Metered>(serviceName: Of): Meter<Of> {
  const metrics = new Metrics({ serviceName });
  return {
    count: (name, value = 1) => void metrics.addMetric(name, "Count", value),
    time: (name, milliseconds) => void metrics.addMetric(name, "Milliseconds", milliseconds),
    publish() {
      if (metrics.hasStoredMetrics()) {
        metrics.publishStoredMetrics();
      }
    },
  };
}
