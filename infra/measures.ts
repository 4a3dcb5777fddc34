import type * as pulumi from "@pulumi/pulumi";
import { resolverFault } from "../domain/fault.ts";
import { type Metered, metrics } from "../domain/metrics.ts";
import { metricsNamespace, physicalName } from "./naming.ts";

/** A CloudWatch metric and its statistic. */
export interface Measure {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly stat: Stat;
}

/** An index of a table. */
export interface Index {
  readonly table: pulumi.Input<string>;
  readonly index: string;
}

export type Stat = "Sum" | "Maximum" | "SampleCount" | "p50" | "p99";

type WithMessages = {
  [Of in Metered]: "MessagesFailed" extends keyof (typeof metrics)[Of] ? Of : never;
}[Metered];

/** Whether the function handles messages of queues or records of a stream. */
export const hasMessages = (name: string): name is WithMessages =>
  Object.entries(metrics).some(([service, names]) => service === name && "MessagesFailed" in names);

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

export const ofQueue = (
  queue: pulumi.Input<string>,
  metric: string,
  stat: "Maximum" | "Sum" = "Maximum",
): Measure => ({ namespace: "AWS/SQS", name: metric, dimensions: { QueueName: queue }, stat });

export const ofTable = (table: pulumi.Input<string>, metric: string): Measure => ({
  namespace: "AWS/DynamoDB",
  name: metric,
  dimensions: { TableName: table },
  stat: "Sum",
});

export const ofIndex = ({ table, index }: Index, metric: string): Measure => ({
  ...ofTable(table, metric),
  dimensions: { TableName: table, GlobalSecondaryIndexName: index },
});

/** A measure of each of several things, by the same names. */
export const measuresOf = <Of>(
  of: Readonly<Record<string, Of>>,
  measure: (one: Of) => Measure,
): Readonly<Record<string, Measure>> =>
  Object.fromEntries(Object.entries(of).map(([name, one]) => [name, measure(one)]));

/** Requests that resolvers answer with the error Internal. A filter of the API's log counts them. */
export const resolverFaults = (): Measure => ({
  namespace: metricsNamespace(),
  name: resolverFault,
  dimensions: {},
  stat: "Sum",
});

export const ofApi = (apiId: pulumi.Input<string>, metric: string, stat: Stat = "Sum"): Measure => ({
  namespace: "AWS/AppSync",
  name: metric,
  dimensions: { GraphQLAPIId: apiId },
  stat,
});
