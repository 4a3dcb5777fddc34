import { type Metrics, noMetrics } from "../../base/metrics.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function putMetric(
  metrics: Metrics | undefined,
  { name }: { readonly name: string },
  metric: string,
  value: number,
): void {
  (metrics ?? noMetrics).put("AWS/Lambda", metric, { FunctionName: name }, value);
}
