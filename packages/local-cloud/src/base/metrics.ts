export type Dimensions = Readonly<Record<string, string>>;

/** Takes the metrics of services, and the lines from which CloudWatch makes metrics. */
export interface Metrics {
  /** A value of one metric. */
  put(namespace: string, name: string, dimensions: Dimensions, value: number): void;
  /** A line that a function or a service writes to CloudWatch Logs. */
  line(logGroup: string, logStream: string, text: string): void;
}

/** For services that run without one. */
export const noMetrics: Metrics = { put: () => undefined, line: () => undefined };
