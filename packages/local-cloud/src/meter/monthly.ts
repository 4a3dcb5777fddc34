import { type Graph, resourcesOf } from "../base/graph.ts";
import { costOf, type Price, price } from "./prices.ts";

const million = 1_000_000;
const cloudwatch = "https://aws.amazon.com/cloudwatch/pricing/";
const waf = "https://aws.amazon.com/waf/pricing/";

/** What is charged for a month of what is declared or stored, used or not. Region and date as in prices.ts. */
export const monthlyPrices = {
  alarms: price("CloudWatch", "alarm metrics", 0.1, 1, cloudwatch),
  compositeAlarms: price("CloudWatch", "composite alarms", 0.5, 1, cloudwatch),
  dashboards: price("CloudWatch", "dashboards", 3, 1, cloudwatch),
  /** While they get values. */
  metrics: price("CloudWatch", "custom metrics", 0.3, 1, cloudwatch),
  insightRules: price("CloudWatch", "rules of Contributor Insights", 0.5, 1, cloudwatch),
  keys: price("KMS", "keys", 1, 1, "https://aws.amazon.com/kms/pricing/"),
  webAcls: price("WAF", "web ACLs", 5, 1, waf),
  webAclRules: price("WAF", "rules of web ACLs", 1, 1, waf),
  items: price("DynamoDB", "GB of items", 0.25, 1e9, "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  backups: price("DynamoDB", "GB of backups", 0.2, 1e9, "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  objects: price("S3", "GB of objects", 0.023, 1e9, "https://aws.amazon.com/s3/pricing/"),
  polls: price("SQS", "receives of idle pollers", 0.4, million, "https://aws.amazon.com/sqs/pricing/"),
} as const satisfies Record<string, Price>;

export type Monthly = keyof typeof monthlyPrices;

export interface MonthlyLine {
  readonly what: Monthly;
  readonly service: string;
  readonly unit: string;
  readonly quantity: number;
  readonly usd: number;
}

export function monthlyLine(what: Monthly, quantity: number): MonthlyLine {
  const { service, unit } = monthlyPrices[what];
  return { what, service, unit, quantity, usd: costOf(monthlyPrices[what], quantity) };
}

/**
 * Receives that Lambda makes in a month for a queue without messages: five pollers of 20 s each. Measured:
 * github.com/getlift/lift/issues/132.
 */
const idlePolls = 15 * 60 * 24 * 30;

/** The costs of a month in which nothing happens, as far as the declarations show them. */
export function standingCosts(graph: Graph): readonly MonthlyLine[] {
  const queues = resourcesOf(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").filter(({ inputs }) =>
    String(inputs["eventSourceArn"]).startsWith("arn:aws:sqs:"),
  );
  const alarms = resourcesOf(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) =>
    metricsOf(inputs),
  );
  const acls = resourcesOf(graph, "aws:wafv2/webAcl:WebAcl");
  const count = (type: string) => resourcesOf(graph, type).length;
  return [
    monthlyLine("alarms", sum(alarms)),
    monthlyLine("compositeAlarms", count("aws:cloudwatch/compositeAlarm:CompositeAlarm")),
    monthlyLine("dashboards", count("aws:cloudwatch/dashboard:Dashboard")),
    monthlyLine("insightRules", count("aws:cloudwatch/contributorInsightRule:ContributorInsightRule")),
    monthlyLine("keys", count("aws:kms/key:Key")),
    monthlyLine("webAcls", acls.length),
    monthlyLine(
      "webAclRules",
      sum(acls.map(({ inputs }) => ((inputs["rules"] ?? []) as readonly unknown[]).length)),
    ),
    monthlyLine("polls", queues.length * idlePolls),
  ].filter(({ quantity }) => quantity > 0);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);

/** An alarm on an expression is charged for each metric that the expression reads. */
function metricsOf({ metricQueries }: Readonly<Record<string, unknown>>): number {
  const queries = (metricQueries ?? []) as readonly { readonly metric?: unknown }[];
  return Math.max(1, queries.filter(({ metric }) => metric !== undefined).length);
}
