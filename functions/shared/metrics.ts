import { Metrics } from "@aws-lambda-powertools/metrics";
import type { Metered, MetricName } from "../../domain/metrics.ts";

/** The CloudWatch metrics of one function. They are collected during an invocation and written by `publish`. */
export interface Meter<Of extends Metered> {
  count(name: MetricName<Of, "Count">, value?: number): void;
  time(name: MetricName<Of, "Milliseconds">, milliseconds: number): void;
  publish(): void;
}

/**
 * CloudWatch reads the metrics from the log (embedded metric format), so they need no request. The namespace is in
 * POWERTOOLS_METRICS_NAMESPACE. It has the name of the stack, because an account can have several stacks.
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
