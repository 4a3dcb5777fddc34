import type * as pulumi from "@pulumi/pulumi";
import type { Metered, metrics } from "../domain/metrics.ts";
import { metricsNamespace, physicalName } from "./naming.ts";

/** A CloudWatch metric and its statistic. */
export interface Measure {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly stat: Stat;
}

export type Stat = "Sum" | "Maximum" | "SampleCount" | "p50" | "p99";

/** A metric that one of the program's functions reports. */
export const ours = <Of extends Metered>(
  service: Of,
  name: keyof (typeof metrics)[Of] & string,
  stat: Stat = "Sum",
): Measure => ({ namespace: metricsNamespace(), name, dimensions: { service }, stat });

export const ofFunction = (name: string, metric: string, stat: Stat = "Sum"): Measure => ({
  namespace: "AWS/Lambda",
  name: metric,
  dimensions: { FunctionName: physicalName(name) },
  stat,
});

export const ofQueue = (queue: pulumi.Input<string>, metric: string): Measure => ({
  namespace: "AWS/SQS",
  name: metric,
  dimensions: { QueueName: queue },
  stat: "Maximum",
});

export const ofTable = (table: pulumi.Input<string>, metric: string): Measure => ({
  namespace: "AWS/DynamoDB",
  name: metric,
  dimensions: { TableName: table },
  stat: "Sum",
});

export const ofApi = (apiId: pulumi.Input<string>, metric: string, stat: Stat = "Sum"): Measure => ({
  namespace: "AWS/AppSync",
  name: metric,
  dimensions: { GraphQLAPIId: apiId },
  stat,
});
