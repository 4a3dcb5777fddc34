import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { resolverFault } from "../../domain/fault.ts";
import { metrics } from "../../domain/metrics.ts";
import { savedQueries } from "../../infra/queries.ts";
import { type Graph, ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { graphOf, root } from "../support/program.ts";

interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Alarm {
  readonly name: string;
  readonly alarmDescription: string;
  readonly metricQueries: readonly {
    readonly id: string;
    readonly metric?: Metric;
    readonly expression?: string;
    readonly returnData?: boolean;
  }[];
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
  readonly insufficientDataActions?: readonly string[];
  readonly treatMissingData: string;
}

interface Composite {
  readonly alarmRule: string;
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
}

/** A person who is called could do nothing that cannot wait. */
const withinTheWeek = [
  "api-refusals",
  "audit-idle",
  "audit-refused",
  "callbacks-deliveries-dead",
  "erase-errors",
  "erasure-jobs-dead",
  "erasure-jobs-late",
  "label-budget-used-up",
  "pipeline-labels-dead",
  "purge-errors",
  "purge-jobs-dead",
  "purge-jobs-late",
  "search-jobs-dead",
  "sweep-behind",
  "sweep-errors",
  "sweep-idle",
  "thumbnails-failing",
  "thumbnails-jobs-dead",
  "uploads-events-dead",
];

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
  };
}

const inputsOf = <Inputs>({ resources }: Graph, type: string): Inputs[] =>
  resources.filter((one) => one.type === type).map(({ inputs }) => inputs as Inputs);

const alarmsOf = (graph: Graph) => inputsOf<Alarm>(graph, "aws:cloudwatch/metricAlarm:MetricAlarm");

const nameOf = ({ name }: Alarm) => name.replace("darkroom-prod-", "");

const measured = (graph: Graph): Metric[] =>
  alarmsOf(graph).flatMap(({ metricQueries }) => metricQueries.flatMap(({ metric }) => metric ?? []));

/** What the alarms read of one thing: `AWS/SQS QueueName=… ApproximateAgeOfOldestMessage`. */
const watchedIn = (found: readonly Metric[]) =>
  new Set(
    found.map(({ namespace, metricName, dimensions }) =>
      [
        namespace,
        ...Object.entries(dimensions)
          .map(([key, value]) => `${key}=${value}`)
          .toSorted(),
        metricName,
      ].join(" "),
    ),
  );

const dashboardIn = (graph: Graph): readonly Widget[] => {
  const [dashboard] = inputsOf<{ dashboardBody: string }>(graph, "aws:cloudwatch/dashboard:Dashboard");
  return (JSON.parse(dashboard?.dashboardBody ?? "") as { widgets: Widget[] }).widgets;
};

const shownIn = (graph: Graph): Metric[] =>
  dashboardIn(graph).flatMap(({ properties }) =>
    (properties.metrics ?? []).map(([namespace, metricName, ...rest]) => ({
      namespace: String(namespace),
      metricName: String(metricName),
      // The last one has the label.
      dimensions: Object.fromEntries(
        rest
          .slice(0, -1)
          .flatMap((key, index, all) => (index % 2 === 0 ? [[String(key), String(all[index + 1])]] : [])),
      ),
    })),
  );

const page = (name: string) => readFileSync(join(root, "docs/runbook", `${name}.md`), "utf8");

const ourNamespace = "Darkroom/prod";

describe("alarms", () => {
  it("watch every queue, function and table: a new one must be added", async () => {
    const graph = await graphOf("prod");
    const watched = watchedIn(measured(graph));
    const queues = ofType(graph, "aws:sqs/queue:Queue").map(({ inputs, outputs }) =>
      inputs.redrivePolicy
        ? `AWS/SQS QueueName=${outputs.name} ApproximateAgeOfOldestMessage`
        : `AWS/SQS QueueName=${outputs.name} ApproximateNumberOfMessagesVisible`,
    );
    const functions = ofType(graph, "aws:lambda/function:Function").flatMap(({ outputs }) =>
      ["Errors", "Throttles"].map((metric) => `AWS/Lambda FunctionName=${outputs.name} ${metric}`),
    );
    const tables = ofType(graph, "aws:dynamodb/table:Table").flatMap(({ inputs, outputs }) =>
      ["ReadThrottleEvents", "WriteThrottleEvents"].flatMap((metric) => [
        `AWS/DynamoDB TableName=${outputs.name} ${metric}`,
        ...(inputs.globalSecondaryIndexes ?? []).map(
          ({ name }) => `AWS/DynamoDB GlobalSecondaryIndexName=${name} TableName=${outputs.name} ${metric}`,
        ),
      ]),
    );
    const all = [...queues, ...functions, ...tables];
    expect(all.filter((one) => !watched.has(one))).toEqual([]);
    expect(all.length).toBeGreaterThan(30);
  });

  it("all tell one topic when they start and end, and those of schedules when their data end", async () => {
    const graph = await graphOf("prod");
    const [all, urgent, ...others] = graph.resources.filter(({ type }) => type === "aws:sns/topic:Topic");
    expect([all?.name, urgent?.name, others]).toEqual(["operations", "operations-urgent", []]);
    for (const { alarmActions, okActions } of alarmsOf(graph)) {
      expect([alarmActions, okActions]).toEqual([[all?.id], [all?.id]]);
    }
    // Missing data never start an alarm: a new alarm has none.
    const ends = (alarm: Alarm) => (alarm.insufficientDataActions ?? []).includes(all?.id ?? "");
    for (const alarm of alarmsOf(graph)) {
      expect(alarm.treatMissingData).toBe(ends(alarm) ? "missing" : "notBreaching");
    }
    expect(alarmsOf(graph).filter(ends).map(nameOf).sort()).toEqual(["audit-idle", "sweep-idle"]);
  });

  it("that users notice call a person, by one alarm, and the others do not", async () => {
    const graph = await graphOf("prod");
    const [composite, ...others] = inputsOf<Composite>(graph, "aws:cloudwatch/compositeAlarm:CompositeAlarm");
    const urgent = graph.resources.find(
      ({ name, type }) => name === "operations-urgent" && type === "aws:sns/topic:Topic",
    )?.id;
    expect(others).toEqual([]);
    expect([composite?.alarmActions, composite?.okActions]).toEqual([[urgent], [urgent]]);
    const rule = composite?.alarmRule ?? "";
    const named = [...rule.matchAll(/ALARM\("darkroom-prod-([\w-]+)"\)/g)].map(([, name = ""]) => name);
    expect(rule.split(" OR ")).toHaveLength(named.length);
    expect(rule.length).toBeLessThanOrEqual(10_240);
    const calm = alarmsOf(graph)
      .map(nameOf)
      .filter((name) => !named.includes(name));
    expect(calm.sort()).toEqual(withinTheWeek);
  });

  it("exist on stacks that ask for them: dev has neither alarms nor a dashboard, topics or keys", async () => {
    const graph = await graphOf("dev");
    const found = graph.resources.filter(({ type }) =>
      /cloudwatch\/(?!logGroup|query)|:sns\/|:kms\//.test(type),
    );
    expect(found.map(({ urn }) => urn)).toEqual([]);
  });

  it("keep to CloudWatch's limits: at most ten metrics, each with a name that its expression uses", async () => {
    for (const { metricQueries } of alarmsOf(await graphOf("prod"))) {
      const ids = metricQueries.flatMap(({ id, metric }) => (metric ? [id] : []));
      const expression = metricQueries.find((query) => query.expression)?.expression ?? ids.join();
      expect(ids.length).toBeLessThanOrEqual(10);
      expect(ids.filter((id) => !/^[a-z]\w*$/.test(id))).toEqual([]);
      expect(metricQueries.some(({ returnData }) => returnData)).toBe(true);
      const used = expression.includes("METRICS()")
        ? ids
        : (expression.replace(/"[^"]*"/g, "").match(/\b[a-z]\w*/g) ?? []);
      expect([...new Set(used)].sort()).toEqual(ids.toSorted());
    }
  });
});

describe("the topic", () => {
  it("is encrypted, and only alarms of this account may publish to it, with TLS", async () => {
    const graph = await graphOf("prod");
    for (const { kmsMasterKeyId } of inputsOf<{ kmsMasterKeyId: string }>(graph, "aws:sns/topic:Topic")) {
      expect(kmsMasterKeyId).toMatch(/^arn:aws:kms:/);
    }
    const policies = inputsOf<{ policy: string }>(graph, "aws:sns/topicPolicy:TopicPolicy");
    expect(policies).toHaveLength(2);
    const statements = policies.map(
      ({ policy }) => (JSON.parse(policy) as { Statement: object[] }).Statement,
    );
    const [Statement = []] = statements;
    for (const each of statements) {
      expect(each).toMatchObject([
        {
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: ["sns:Publish"],
          Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } },
        },
        { Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      ]);
    }
    expect(Statement).toHaveLength(2);
    expect(inputsOf(graph, "aws:sns/topicSubscription:TopicSubscription")).toEqual([]);
  });
});

describe("metrics", () => {
  it.each(Object.entries(metrics))("of %s are in the table of docs/operations.md", (service, names) => {
    const row = readFileSync(join(root, "docs/operations.md"), "utf8").match(`\\| ${service} .*`)?.[0];
    expect(row?.match(/[A-Z][A-Za-z]+/g)).toEqual(expect.arrayContaining(Object.keys(names)));
  });

  it("of the program are each written by their function and shown on the dashboard, and no others are read", async () => {
    const graph = await graphOf("prod");
    const listed = Object.entries(metrics).flatMap(([service, names]) =>
      Object.keys(names).map((name) => `${ourNamespace} service=${service} ${name}`),
    );
    // A filter of the API's log makes it.
    const ofLog = `${ourNamespace} ${resolverFault}`;
    const written = Object.entries(metrics).flatMap(([service, names]) => {
      const source = readFileSync(join(root, "functions", service, "handler.ts"), "utf8");
      return Object.keys(names).flatMap((name) =>
        source.includes(`"${name}"`) || (name === "MessagesFailed" && source.includes("eachMessage"))
          ? [`${ourNamespace} service=${service} ${name}`]
          : [],
      );
    });
    const ours = ({ namespace }: Metric) => namespace === ourNamespace;
    expect(written).toEqual(listed);
    expect([...watchedIn(shownIn(graph).filter(ours))].sort()).toEqual([...listed, ofLog].sort());
    const rung = [...watchedIn(measured(graph).filter(ours))];
    expect(rung.filter((one) => !listed.includes(one))).toEqual([ofLog]);
    for (const { inputs } of ofType(graph, "aws:lambda/function:Function")) {
      expect(inputs.environment?.variables?.["POWERTOOLS_METRICS_NAMESPACE"]).toBe(ourNamespace);
    }
  });
});

describe("the dashboard", () => {
  it("has widgets within the grid that do not overlap, and all alarms", async () => {
    const graph = await graphOf("prod");
    const widgets = dashboardIn(graph);
    const overlap = (a: Widget, b: Widget) =>
      a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
    for (const [index, widget] of widgets.entries()) {
      expect(Number.isInteger(widget.width) && widget.x + widget.width <= 24).toBe(true);
      expect(widgets.slice(index + 1).filter((other) => overlap(widget, other))).toEqual([]);
    }
    const arns = graph.resources
      .filter(({ type }) => /:(?:Metric|Composite)Alarm$/.test(type))
      .map(({ outputs }) => outputs["arn"]);
    expect(widgets.find(({ type }) => type === "alarm")?.properties.alarms?.toSorted()).toEqual(
      arns.toSorted(),
    );
  });
});

describe("saved queries", () => {
  it("read log groups that exist", async () => {
    const graph = await graphOf("prod");
    const groups = inputsOf<{ name: string }>(graph, "aws:cloudwatch/logGroup:LogGroup").map(
      ({ name }) => name,
    );
    const queries = inputsOf<{ logGroupNames: string[] }>(
      graph,
      "aws:cloudwatch/queryDefinition:QueryDefinition",
    );
    expect(queries).toHaveLength(savedQueries.length);
    const asked = new Set(queries.flatMap(({ logGroupNames }) => logGroupNames));
    expect([...asked].sort()).toEqual(groups.toSorted());
  });
});

describe("the runbook", () => {
  it("has a page for each alarm and no other page, and docs/operations.md links to all", async () => {
    const alarms = alarmsOf(await graphOf("prod"));
    const pages = readdirSync(join(root, "docs/runbook")).map((file) => file.replace(/\.md$/, ""));
    expect(pages.sort()).toEqual([...alarms.map(nameOf), "users-affected", "lost-data"].sort());
    const operations = readFileSync(join(root, "docs/operations.md"), "utf8");
    for (const alarm of alarms) {
      const name = nameOf(alarm);
      expect(alarm.alarmDescription).toMatch(new RegExp(`See docs/runbook/${name}\\.md$`));
      expect(operations).toContain(`[${name}](runbook/${name}.md)`);
      expect(page(name).match(/^#.*$/gm)).toEqual([
        `# ${name}`,
        "## What it means",
        "## What users notice",
        "## How to investigate",
        "## How to fix",
        "## How to verify the fix",
      ]);
    }
  });

  it("names only queues, functions, schedules, queries and pages that exist", async () => {
    const graph = await graphOf("prod");
    const queues = Object.keys(
      graph.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs["queues"] ?? {},
    );
    expect(queues).toHaveLength(ofType(graph, "aws:sqs/queue:Queue").length);
    const physical = [
      ...ofType(graph, "aws:lambda/function:Function").map(({ outputs }) => outputs.name),
      ...inputsOf<{ name: string }>(graph, "aws:scheduler/schedule:Schedule").map(({ name }) => name),
      ...inputsOf<{ ruleName: string }>(
        graph,
        "aws:cloudwatch/contributorInsightRule:ContributorInsightRule",
      ).map(({ ruleName }) => ruleName),
    ];
    for (const file of readdirSync(join(root, "docs/runbook"))) {
      const text = page(file.replace(/\.md$/, ""));
      const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = ""]) => name);
      const unknown = [
        ...found(/jq -r '\."([\w-]+)"'/g).filter((name) => !queues.includes(name)),
        ...found(/darkroom-prod-([\w-]+)/g).filter((name) => !physical.includes(`darkroom-prod-${name}`)),
        ...found(/`((?:\w+ )*(?:by function|asset|invocations|by host|by code))`/g).filter(
          (name) => !savedQueries.some((query) => query.name === name),
        ),
        ...found(/\]\(([\w-]+\.md)\)/g).filter((name) => !existsSync(join(root, "docs/runbook", name))),
      ];
      expect({ file, unknown }).toEqual({ file, unknown: [] });
    }
  });
});
