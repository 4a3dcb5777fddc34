import type { Dimensions } from "../../base/metrics.ts";
import { type Graph, type Resource, resourcesOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import { compilePattern } from "../logs/pattern.ts";
import type { Filter } from "../logs/syntax.ts";

export interface Value {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly value: number;
}

export interface Contribution {
  readonly rule: string;
  readonly contributor: string;
}

/** Finds metrics in lines of logs: the embedded metric format, metric filters, rules of Contributor Insights. */
export interface LogReader {
  metricsIn(logGroup: string, line: string): readonly Value[];
  contributorsIn(logGroup: string, line: string): readonly Contribution[];
}

/** Throws `InvalidInput` for a pattern or a rule that does not run here. */
export function createLogReader(graph: Graph): LogReader {
  const filters = resourcesOf(graph, "aws:cloudwatch/logMetricFilter:LogMetricFilter").map(readFilter);
  const rules = resourcesOf(graph, "aws:cloudwatch/contributorInsightRule:ContributorInsightRule").map(
    readRule,
  );
  return {
    metricsIn: (logGroup, line) => [
      ...embedded(line),
      ...filters
        .filter((filter) => filter.logGroup === logGroup && filter.matches(line))
        .map(({ value }) => value),
    ],
    contributorsIn(logGroup, line) {
      const ours = rules.filter(({ logGroups }) => logGroups.includes(logGroup));
      const fields = ours.length > 0 ? objectIn(line) : undefined;
      return fields === undefined ? [] : ours.flatMap((rule) => rule.contributionOf(fields));
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function objectIn(line: string): Fields | undefined {
  if (!line.startsWith("{")) {
    return undefined;
  }
  try {
    return JSON.parse(line) as Fields;
  } catch {
    return undefined;
  }
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function embedded(line: string): readonly Value[] {
  const fields = line.includes('"_aws"') ? objectIn(line) : undefined;
  const { CloudWatchMetrics: directives = [] } = (fields?.["_aws"] ?? {}) as {
    readonly CloudWatchMetrics?: readonly Directive[];
  };
  return directives.flatMap(({ Namespace: namespace, Dimensions: sets, Metrics: metrics }) =>
    sets.flatMap((keys) => {
      const dimensions = Object.fromEntries(keys.map((key) => [key, String(fields?.[key])]));
      return metrics.flatMap(({ Name: name }) =>
        [fields?.[name] ?? []].flat().map((value) => ({ namespace, name, dimensions, value: Number(value) })),
      );
    }),
  );
}

function readFilter(resource: Resource) {
  const { logGroupName, pattern, metricTransformation } = resource.inputs as {
    readonly logGroupName: string;
    readonly pattern: string;
    readonly metricTransformation: {
      readonly namespace: string;
      readonly name: string;
      readonly value: string;
      readonly dimensions?: object;
    };
  };
  const { namespace, name, value, dimensions = {} } = metricTransformation;
  if (!Number.isFinite(Number(value)) || Object.keys(dimensions).length > 0) {
    refuse(resource, "metricTransformation", "is not supported locally with fields of the line");
  }
  return {
    logGroup: logGroupName,
    matches: matcherOf(resource, pattern),
    value: { namespace, name, dimensions: {}, value: Number(value) },
  };
}

function matcherOf(resource: Resource, pattern: string): Filter {
  try {
    return compilePattern(pattern);
  } catch (error) {
    return refuse(resource, "pattern", `is refused: ${(error as Error).message}`);
  }
}

interface RuleDefinition {
  readonly LogGroupNames: readonly string[];
  readonly LogFormat: string;
  readonly Contribution: {
    readonly Keys: readonly string[];
    readonly Filters?: readonly { readonly Match: string; readonly In?: readonly unknown[] }[];
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html */
function readRule(resource: Resource) {
  const { ruleName, ruleDefinition } = resource.outputs as unknown as {
    readonly ruleName: string;
    readonly ruleDefinition: string;
  };
  const { LogGroupNames: logGroups, LogFormat, Contribution } = JSON.parse(ruleDefinition) as RuleDefinition;
  const { Keys: keys, Filters: filters = [] } = Contribution;
  const names = [...keys, ...filters.map(({ Match }) => Match)];
  if (
    LogFormat !== "JSON" ||
    names.some((name) => !/^\$\.\w+$/.test(name)) ||
    filters.some(({ In }) => !In)
  ) {
    refuse(
      resource,
      "ruleDefinition",
      "is supported locally with JSON, fields of the first level, and In only",
    );
  }
  return {
    logGroups,
    contributionOf(fields: Fields): readonly Contribution[] {
      const at = (name: string) => fields[name.slice(2)];
      const matches = filters.every(({ Match, In = [] }) => In.includes(at(Match)));
      const values = keys.map(at);
      return matches && values.every((value) => value !== undefined)
        ? [{ rule: ruleName, contributor: JSON.stringify(values) }]
        : [];
    },
  };
}
