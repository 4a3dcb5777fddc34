import { describe, expect, it } from "@jest/globals";
import { createCloudWatch } from "../../../src/aws/cloudwatch/index.ts";
import type { Resource } from "../../../src/base/graph.ts";
import { createMeter, quantityOf } from "../../../src/meter/index.ts";
import { graphOf } from "../graph.ts";

const minute = 60_000;

const declared = (type: string, name: string, inputs: Readonly<Record<string, unknown>>): Resource => ({
  urn: name,
  type,
  name,
  custom: true,
  id: name,
  inputs,
  outputs: { name, arn: "", ...inputs },
  secretInputs: [],
  dependencies: [],
  protect: false,
  retainOnDelete: false,
});

const alarm = (name: string, inputs: object) =>
  declared("aws:cloudwatch/metricAlarm:MetricAlarm", name, {
    comparisonOperator: "GreaterThanThreshold",
    threshold: 5,
    evaluationPeriods: 2,
    treatMissingData: "notBreaching",
    ...inputs,
  });

const metric = (id: string, stat = "Sum", dimensions: object = {}) => ({
  id,
  metric: { namespace: "Test", metricName: id, dimensions, stat, period: 60 },
});

const ofExpression = (expression: string, ...ids: readonly string[]) =>
  alarm("expression", {
    evaluationPeriods: 1,
    treatMissingData: "missing",
    metricQueries: [...ids.map((id) => metric(id)), { id: "result", expression, returnData: true }],
  });

function clockwork(...resources: readonly Resource[]) {
  let now = 1_000_000 * minute;
  const meter = createMeter();
  const cloudwatch = createCloudWatch(graphOf(...resources), () => now, meter);
  const { metrics, states } = cloudwatch;
  return {
    put: (name: string, value: number, dimensions = {}) => metrics.put("Test", name, dimensions, value),
    line: (text: string) => metrics.line("/group", "stream", text),
    pass: (minutes: number) => void (now += minutes * minute),
    state: (name: string, lasting = false) => states({ lasting }).get(name),
    matched: (rule: string) => quantityOf(meter.bill(), "logs.insightEvents", rule),
  };
}

describe("an alarm", () => {
  it("is on after as many consecutive periods as it asks for, and off after one without", () => {
    const { put, pass, state } = clockwork(alarm("a", { metricQueries: [metric("m")] }));
    put("m", 6);
    pass(1);
    expect(state("a")).toBe("OK");
    put("m", 3);
    put("m", 3);
    pass(1);
    expect(state("a")).toBe("ALARM");
    pass(1);
    expect(state("a")).toBe("OK");
  });

  it("reads a metric only with exactly its dimensions", () => {
    const { put, state } = clockwork(alarm("a", { metricQueries: [metric("m", "Sum", { service: "x" })] }));
    put("m", 100);
    put("m", 100, { service: "y" });
    put("m", 100, { service: "x", more: "z" });
    expect(state("a", true)).toBe("OK");
    put("m", 100, { service: "x" });
    expect(state("a", true)).toBe("ALARM");
  });

  it.each([
    ["missing", "INSUFFICIENT_DATA"],
    ["breaching", "ALARM"],
    ["notBreaching", "OK"],
  ])("that treats missing data as %s is %s without any", (treatMissingData, expected) => {
    const { state } = clockwork(alarm("a", { treatMissingData, metricQueries: [metric("m")] }));
    expect(state("a")).toBe(expected);
  });

  it.each([
    ["Sum", 9, "ALARM"],
    ["SampleCount", 9, "OK"],
    ["Maximum", 5, "OK"],
    ["Average", 100, "ALARM"],
    ["p50", 4, "OK"],
    ["p99", 100, "ALARM"],
  ])("takes the statistic %s", (stat, value, expected) => {
    const { put, state } = clockwork(alarm("a", { metricQueries: [metric("m", stat)] }));
    put("m", 1);
    put("m", value);
    expect(state("a", true)).toBe(expected);
  });

  it.each([
    ["statistic", [metric("m", "tm90")]],
    ["two results", [metric("m"), metric("n")].map((one) => ({ ...one, returnData: true }))],
    ["function", [metric("m"), { id: "e", expression: "ANOMALY_DETECTION_BAND(m)", returnData: true }]],
    ["half an expression", [metric("m"), { id: "e", expression: "m +", returnData: true }]],
  ])("with an unknown %s ends the boot", (_, metricQueries) => {
    expect(() => clockwork(alarm("a", { metricQueries }))).toThrow(/not supported locally|must have exactly/);
  });

  it("with an expression that names no metric fails when it is judged", () => {
    expect(() => clockwork(ofExpression("nobody > 1", "m")).state("expression")).toThrow(
      "no metric has the id",
    );
  });
});

describe("metric math", () => {
  it.each([
    ["2 + 2 * 2", "ALARM"],
    ["(2 + 2) / 2", "OK"],
    ["100 * a / b", "ALARM"],
    ["FILL(none, 7)", "ALARM"],
    ["none + 7", "INSUFFICIENT_DATA"],
    ["a / (a - a)", "INSUFFICIENT_DATA"],
    ["IF(a >= 2, 6, 0)", "ALARM"],
    ["IF(a > 2, 6, 0)", "OK"],
    ["SUM(FILL(METRICS(), 0))", "ALARM"],
    ["MAX([a, b])", "OK"],
    ["MAX([a, none, 6])", "ALARM"],
    ["MIN([a, 6])", "OK"],
  ])("%s: %s", (expression, expected) => {
    const { put, state } = clockwork(ofExpression(expression, "a", "b", "none"));
    put("a", 2);
    put("b", 4);
    expect(state("expression", true)).toBe(expected);
  });
});

describe("lines of logs", () => {
  it("have metrics in the embedded format, for each set of dimensions", () => {
    const { line, state } = clockwork(
      alarm("one", { metricQueries: [metric("m", "Sum", { service: "x" })] }),
      alarm("all", { metricQueries: [metric("m")] }),
    );
    const metrics = [{ Namespace: "Test", Dimensions: [["service"], []], Metrics: [{ Name: "m" }] }];
    line(JSON.stringify({ _aws: { CloudWatchMetrics: metrics }, service: "x", m: [3, 4] }));
    expect([state("one", true), state("all", true)]).toEqual(["ALARM", "ALARM"]);
  });

  it("that are no metrics, or broken, have none", () => {
    const { line, state } = clockwork(alarm("a", { metricQueries: [metric("m")] }));
    line("m 100");
    line('{"_aws": ');
    line('{"_aws":{}}');
    expect(state("a", true)).toBe("OK");
  });

  const filter = (pattern: string) =>
    declared("aws:cloudwatch/logMetricFilter:LogMetricFilter", "filter", {
      logGroupName: "/group",
      pattern,
      metricTransformation: { namespace: "Test", name: "m", value: "6" },
    });

  it("are counted by filters of their group", () => {
    const { line, state } = clockwork(filter('"one" "two"'), alarm("a", { metricQueries: [metric("m")] }));
    line("only one");
    expect(state("a", true)).toBe("OK");
    line("two and one");
    expect(state("a", true)).toBe("ALARM");
  });

  it("are counted by a pattern of fields", () => {
    const { line, state } = clockwork(filter("{ $.a = 1 }"), alarm("a", { metricQueries: [metric("m")] }));
    line('{"a":2}');
    expect(state("a", true)).toBe("OK");
    line('{"a":1}');
    expect(state("a", true)).toBe("ALARM");
  });

  it("by a pattern that does not run here end the boot", () => {
    expect(() => clockwork(filter("[a, b]"), alarm("a", { metricQueries: [metric("m")] }))).toThrow(
      "LogMetricFilter filter: pattern is refused: Invalid filter pattern: columns in brackets are not supported locally.",
    );
  });

  it("have contributors, each counted once", () => {
    const rule = declared("aws:cloudwatch/contributorInsightRule:ContributorInsightRule", "rule", {
      ruleName: "rule",
      ruleDefinition: JSON.stringify({
        LogGroupNames: ["/group"],
        LogFormat: "JSON",
        Contribution: { Keys: ["$.user"], Filters: [{ Match: "$.outcome", In: ["failed"] }] },
      }),
    });
    const { line, state, matched } = clockwork(
      rule,
      alarm("a", {
        threshold: 1,
        metricQueries: [
          {
            ...{ id: "result", returnData: true, period: 60 },
            expression: 'INSIGHT_RULE_METRIC("rule", "UniqueContributors")',
          },
        ],
      }),
    );
    line('{"user":"one","outcome":"failed"}');
    line('{"user":"one","outcome":"failed"}');
    line('{"user":"two","outcome":"fine"}');
    line('{"outcome":"failed"}');
    expect(state("a", true)).toBe("OK");
    line('{"user":"two","outcome":"failed"}');
    expect(state("a", true)).toBe("ALARM");
    expect(matched("rule")).toBe(3);
  });
});

describe("a composite alarm", () => {
  const composite = (alarmRule: string) =>
    declared("aws:cloudwatch/compositeAlarm:CompositeAlarm", "all", { alarmName: "all", alarmRule });
  const children = ["on", "off"].map((name) => alarm(name, { metricQueries: [metric(name)] }));

  it.each([
    ['ALARM("on") OR ALARM("off")', "ALARM"],
    ['ALARM("on") AND ALARM(off)', "OK"],
    ['ALARM(on) AND NOT (ALARM("off") OR FALSE)', "ALARM"],
    ['OK("off") AND TRUE', "ALARM"],
    ['ALARM("nobody")', "OK"],
  ])("%s: %s", (rule, expected) => {
    const { put, state } = clockwork(...children, composite(rule));
    put("on", 6);
    expect(state("all", true)).toBe(expected);
  });

  it.each(["ALARM(", "on", 'ALARM("on") ALARM("off")', ""])("refuses the rule %p", (rule) => {
    expect(() => clockwork(composite(rule))).toThrow("The alarm rule is not valid");
  });
});
