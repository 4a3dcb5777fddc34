import type { Resource } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import { AwsError } from "../../base/service.ts";
import { compileExpression, type Scope } from "./expression.ts";
import type { Readings } from "./store.ts";
import { isStatistic, statisticOf } from "./values.ts";

export type State = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface MetricAlarm {
  readonly name: string;
  /** The state at a time, in milliseconds since the epoch. */
  stateAt(readings: Readings, at: number): State;
}

interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly stat: string;
  readonly period: number;
}

interface Query {
  readonly id: string;
  readonly metric?: Metric;
  readonly expression?: string;
  readonly period?: number;
  readonly returnData?: boolean;
}

interface Inputs {
  readonly comparisonOperator: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly treatMissingData?: string;
  readonly metricQueries?: readonly Query[];
  readonly metricName?: string;
  readonly namespace?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly statistic?: string;
  readonly extendedStatistic?: string;
  readonly period?: number;
}

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Reads a declared alarm. Throws `InvalidInput` for what AWS or the local cloud refuses. */
export function readAlarm(resource: Resource): MetricAlarm {
  const inputs = resource.inputs as unknown as Inputs;
  const breaches = comparisons[inputs.comparisonOperator];
  if (!breaches) {
    refuse(
      resource,
      "comparisonOperator",
      "is not supported locally: only comparisons with a fixed threshold are",
    );
  }
  const { valueIn, period } = readQueries(resource, inputs);
  const { evaluationPeriods: periods, datapointsToAlarm = periods, threshold } = inputs;
  return {
    name: resource.outputs.name,
    stateAt(readings, at) {
      const end = Math.floor(at / (period * 1000)) * period * 1000;
      const values = Array.from({ length: periods }, (_, index) => {
        const to = end - index * period * 1000;
        return valueIn(readings, to - period * 1000, to);
      });
      return judge(
        values.map((value) => (value === undefined ? undefined : breaches(value, threshold))),
        datapointsToAlarm,
        inputs.treatMissingData ?? "missing",
      );
    },
  };
}

/**
 * CloudWatch also looks at periods before these when some are missing, so it may keep a state longer.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
function judge(breaching: readonly (boolean | undefined)[], needed: number, missing: string): State {
  if (missing === "missing" && breaching.every((each) => each === undefined)) {
    return "INSUFFICIENT_DATA";
  }
  const count = breaching.filter((each) => each ?? missing === "breaching").length;
  return count >= needed ? "ALARM" : "OK";
}

type ValueIn = (readings: Readings, from: number, to: number) => number | undefined;

function readQueries(resource: Resource, inputs: Inputs): { valueIn: ValueIn; period: number } {
  const queries = inputs.metricQueries ?? [queryOf(inputs)];
  const metrics = new Map(queries.flatMap(({ id, metric }) => (metric ? [[id, metric] as const] : [])));
  const result = queries.filter(({ returnData = queries.length === 1 }) => returnData);
  const [query] = result;
  for (const { stat } of metrics.values()) {
    if (!isStatistic(stat)) {
      refuse(resource, "metricQueries", `has the statistic ${stat}, which is not supported locally`);
    }
  }
  const period = metrics.values().next().value?.period ?? query?.period;
  if (query === undefined || result.length > 1 || period === undefined) {
    refuse(resource, "metricQueries", "must have exactly one query that returns data, and a period");
  }
  const read = (readings: Readings, one: string, from: number, to: number) => {
    const metric = metrics.get(one);
    if (metric === undefined) {
      throw new AwsError("ValidationError", `${resource.name}: no metric has the id ${one}`);
    }
    const { namespace, metricName, dimensions = {}, stat } = metric;
    const summary = readings.metric(namespace, metricName, dimensions, from, to);
    return summary === undefined ? undefined : statisticOf(summary, stat);
  };
  const { id, expression } = query;
  if (expression === undefined) {
    return { period, valueIn: (readings, from, to) => read(readings, id, from, to) };
  }
  const evaluate = compileExpression(expression);
  return {
    period,
    valueIn(readings, from, to) {
      const scope: Scope = {
        ids: [...metrics.keys()],
        value: (one) => read(readings, one, from, to),
        contributors: (rule) => readings.contributors(rule, from, to),
      };
      return evaluate(scope);
    },
  };
}

const queryOf = ({
  namespace,
  metricName,
  dimensions,
  statistic,
  extendedStatistic,
  period,
}: Inputs): Query => ({
  id: "m1",
  metric: {
    namespace: namespace ?? "",
    metricName: metricName ?? "",
    ...(dimensions && { dimensions }),
    stat: statistic ?? extendedStatistic ?? "",
    period: period ?? NaN,
  },
});
