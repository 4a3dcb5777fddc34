import { expect, it } from "@jest/globals";
import { byService, createMeter, difference, quantityOf, times } from "../../src/meter/index.ts";
import { standingCosts } from "../../src/meter/monthly.ts";
import { graphOf, resource } from "../aws/graph.ts";

it("prices what was counted, by usage and resource", () => {
  const meter = createMeter();
  meter.count("dynamodb.writes", "orders", 3);
  meter.count("dynamodb.writes", "orders/byDate");
  meter.count("lambda.requests", "ingest");
  const { usd, lines } = meter.bill();
  expect(lines).toEqual([
    expect.objectContaining({ resource: "orders", quantity: 3, unit: "write units", service: "DynamoDB" }),
    expect.objectContaining({ resource: "orders/byDate", quantity: 1 }),
    expect.objectContaining({ resource: "ingest", quantity: 1 }),
  ]);
  expect(usd).toBeCloseTo(4 * 0.625e-6 + 0.2e-6, 12);
});

it("compares two bills, and multiplies one", () => {
  const meter = createMeter();
  meter.count("sqs.requests", "jobs", 5);
  const before = meter.bill();
  meter.count("sqs.requests", "jobs", 2);
  meter.count("s3.writes", "pictures");
  const used = difference(before, meter.bill());
  expect(quantityOf(used, "sqs.requests", "jobs")).toBe(2);
  expect(quantityOf(times(used, 10), "s3.writes")).toBe(10);
  expect([...byService(used).keys()]).toEqual(["S3", "SQS"]);
});

it("leaves out what was not used in between", () => {
  const meter = createMeter();
  meter.count("sqs.requests", "jobs");
  expect(difference(meter.bill(), meter.bill())).toEqual({ usd: 0, lines: [] });
});

it("counts the minutes of open and of closed connections", () => {
  let now = 100;
  const meter = createMeter(() => now);
  const close = meter.open("appsync.connectionMinutes", "api");
  meter.open("appsync.connectionMinutes", "api");
  now += 3;
  close();
  now += 4;
  expect(quantityOf(meter.bill(), "appsync.connectionMinutes")).toBe(3 + 7);
});

it("keeps a thousand names of resources, and counts the rest together", () => {
  const meter = createMeter();
  for (let at = 0; at < 5000; at++) {
    meter.count("s3.reads", `bucket ${at}`);
  }
  const { lines } = meter.bill();
  expect(lines.length).toBeLessThanOrEqual(1001);
  expect(quantityOf({ usd: 0, lines }, "s3.reads")).toBe(5000);
});

it("prices a month of what is declared", () => {
  const declared = (type: string, name: string, inputs = {}) => ({
    ...resource("aws:sqs/queue:Queue", name, inputs),
    type,
  });
  const lines = standingCosts(
    graphOf(
      declared("aws:wafv2/webAcl:WebAcl", "acl", { rules: [{ name: "one" }, { name: "other" }] }),
      declared("aws:cloudwatch/contributorInsightRule:ContributorInsightRule", "rule"),
      declared("aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", {
        metricQueries: [{ metric: {} }, { metric: {} }, { expression: "a / b" }],
      }),
    ),
  );
  expect(lines.map(({ what, quantity, usd }) => [what, quantity, usd])).toEqual([
    ["alarms", 2, 0.2],
    ["insightRules", 1, 0.5],
    ["webAcls", 1, 5],
    ["webAclRules", 2, 2],
  ]);
});
