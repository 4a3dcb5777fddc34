import { Metrics } from "@aws-lambda-powertools/metrics";

/** Counts and times for CloudWatch: kept during an invocation, and written as one line by `publish`. */
export interface Meter {
  count(name: string, value?: number): void;
  /** Milliseconds. */
  time(name: string, milliseconds: number): void;
  publish(): void;
}

/** CloudWatch reads metrics out of the log (embedded metric format): writing one costs no call. */
export function createMeter(serviceName: string): Meter {
  const metrics = new Metrics({ namespace: "Darkroom", serviceName });
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
