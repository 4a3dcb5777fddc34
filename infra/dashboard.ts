import type * as pulumi from "@pulumi/pulumi";
import {
  hasMessages,
  type Measure,
  measuresOf,
  ofApi,
  ofFunction,
  ofIndex,
  ofQueue,
  ofTable,
  ours,
  resolverFaults,
  type Stat,
} from "./measures.ts";
import type { Watched } from "./watched.ts";

interface Graph {
  readonly title: string;
  /** By label. */
  readonly lines: Readonly<Record<string, Measure>>;
}

interface Row {
  readonly heading: string;
  readonly graphs: readonly Graph[];
}

/** Columns of CloudWatch's grid. */
const columns = 24;
const heights = { alarms: 5, heading: 1, graph: 6 };

/** The body of the dashboard: first the alarms, then the pipeline from left to right, then the infrastructure. */
export function dashboardOf(
  watched: Watched,
  alarmArns: readonly pulumi.Input<string>[],
  region: pulumi.Input<string>,
): object {
  const rows = [...pipeline(watched), ...technical(watched)];
  const heightOfRow = heights.heading + heights.graph;
  return {
    start: "-PT12H",
    widgets: [
      {
        ...{ type: "alarm", x: 0, y: 0, width: columns, height: heights.alarms },
        properties: { title: "Alarms", alarms: alarmArns },
      },
      ...rows.flatMap((row, index) => widgetsOf(row, heights.alarms + index * heightOfRow, region)),
    ],
  };
}

const pipeline = ({ queues }: Watched): readonly Row[] => [
  {
    heading: "Pipeline: how much",
    graphs: [
      { title: "Uploads", lines: counts("ingest", ["Received", "Rejected", "Expired", "Purged"]) },
      { title: "Ingest: messages waiting", lines: waiting(queues, "uploads-events") },
      {
        title: "Labels and thumbnails",
        lines: {
          ...counts("label", ["Labelled", "LabelFailed", "LabelsPutOff", "LabelBudgetUsedUp"]),
          ...counts("label", ["LabelCacheHits", "LabelCacheMisses"]),
          ...counts("thumbnail", ["ThumbnailsMade", "ThumbnailsRefused", "ThumbnailsGivenUp"]),
          ...counts("indexer", ["AssetsIndexed", "IndexConflicts"]),
        },
      },
      { title: "Events", lines: counts("relay", ["EventsPublished"]) },
      {
        title: "Callbacks",
        lines: counts("deliver", [
          "Delivered",
          "DeliveriesPutOff",
          "DeliveriesFailed",
          "ReceiversGone",
          "DeliveriesNotDue",
          "DeliveriesWithheld",
          "DeliveriesOverLimit",
        ]),
      },
      {
        title: "Repair",
        lines: {
          ...counts("sweep", ["RowsDue", "RowsTaken", "MessagesNotSent"]),
          ...counts("ingest", ["ObjectsAudited", "RowlessObjects", "OrphansRemoved", "ForeignObjects"]),
          ...counts("ingest", ["AuditsRefused", "LateObjectsRemoved", "RetentionsEnded"]),
          ...counts("purge", ["AssetsPurged", "ObjectVersionsRemoved"]),
          ...counts("erase", ["UsersErased"]),
        },
      },
    ],
  },
  {
    heading: "Pipeline: how long (milliseconds, ages in seconds)",
    graphs: [
      { title: "Signing an upload", lines: spread((stat) => ofFunction("presign", "Duration", stat)) },
      { title: "Ingest: oldest message", lines: oldest(queues, "uploads-events") },
      {
        title: "Rekognition, decoding",
        lines: {
          ...spread((stat) => ours("label", "DetectLabelsDuration", stat)),
          "decoding p99": ours("thumbnail", "RenderDuration", "p99"),
        },
      },
      { title: "From write to publication", lines: spread((stat) => ours("relay", "PublishDelay", stat)) },
      { title: "Receivers", lines: spread((stat) => ours("deliver", "CallDuration", stat)) },
      { title: "How late the sweep is", lines: { longest: ours("sweep", "DueLag", "Maximum") } },
    ],
  },
];

const technical = ({ functions, queues, deadLetters, tables, indexes, apiId }: Watched): readonly Row[] => [
  {
    heading: "API",
    graphs: [
      {
        title: "Requests",
        lines: {
          requests: ofApi(apiId, "Latency", "SampleCount"),
          "4xx": ofApi(apiId, "4XXError"),
          "5xx": ofApi(apiId, "5XXError"),
          "answered Internal": resolverFaults(),
        },
      },
      { title: "Latency", lines: spread((stat) => ofApi(apiId, "Latency", stat)) },
      {
        title: "Subscribers",
        lines: {
          connections: ofApi(apiId, "ActiveConnections"),
          subscriptions: ofApi(apiId, "ActiveSubscriptions"),
        },
      },
    ],
  },
  {
    heading: "Functions",
    graphs: [
      { title: "Errors", lines: each(functions, (name) => ofFunction(name, "Errors")) },
      { title: "Throttles", lines: each(functions, (name) => ofFunction(name, "Throttles")) },
      { title: "Duration, p99", lines: each(functions, (name) => ofFunction(name, "Duration", "p99")) },
      {
        title: "At once",
        lines: each(functions, (name) => ofFunction(name, "ConcurrentExecutions", "Maximum")),
      },
    ],
  },
  {
    heading: "Queues",
    graphs: [
      { title: "Messages waiting", lines: waiting(queues, ...Object.keys(queues)) },
      {
        title: "Failed messages",
        lines: Object.fromEntries(
          functions.filter(hasMessages).map((name) => [name, ours(name, "MessagesFailed")]),
        ),
      },
      { title: "Oldest message", lines: oldest(queues, ...Object.keys(queues)) },
      {
        title: "Dead letters",
        lines: each(Object.keys(deadLetters), (name) =>
          ofQueue(deadLetters[name]?.name ?? "", "ApproximateNumberOfMessagesVisible"),
        ),
      },
    ],
  },
  {
    heading: "Stream and tables",
    graphs: [
      { title: "Age of the stream", lines: { relay: ofFunction("relay", "IteratorAge", "Maximum") } },
      ...["ReadThrottleEvents", "WriteThrottleEvents"].map((metric) => ({
        title: metric,
        lines: {
          ...measuresOf(tables, (name) => ofTable(name, metric)),
          ...measuresOf(indexes, (index) => ofIndex(index, metric)),
        },
      })),
    ],
  },
];

const each = (names: readonly string[], measure: (name: string) => Measure): Graph["lines"] =>
  Object.fromEntries(names.map((name) => [name, measure(name)]));

const spread = (measure: (stat: Stat) => Measure): Graph["lines"] => ({
  p50: measure("p50"),
  p99: measure("p99"),
});

const counts = <Of extends Parameters<typeof ours>[0]>(
  service: Of,
  names: readonly Parameters<typeof ours<Of>>[1][],
): Graph["lines"] => Object.fromEntries(names.map((name) => [name, ours(service, name)]));

const waiting = (queues: Watched["queues"], ...names: readonly string[]): Graph["lines"] =>
  each(names, (name) => ofQueue(queues[name]?.name ?? "", "ApproximateNumberOfMessagesVisible"));

const oldest = (queues: Watched["queues"], ...names: readonly string[]): Graph["lines"] =>
  each(names, (name) => ofQueue(queues[name]?.name ?? "", "ApproximateAgeOfOldestMessage"));

function widgetsOf({ heading, graphs }: Row, y: number, region: pulumi.Input<string>): object[] {
  const width = columns / graphs.length;
  return [
    {
      ...{ type: "text", x: 0, y, width: columns, height: heights.heading },
      properties: { markdown: `## ${heading}`, background: "transparent" },
    },
    ...graphs.map(({ title, lines }, index) => ({
      ...{ type: "metric", x: index * width, y: y + heights.heading, width, height: heights.graph },
      properties: {
        title,
        region,
        view: "timeSeries",
        period: 300,
        metrics: Object.entries(lines).map(([label, { namespace, name, dimensions, stat }]) => [
          namespace,
          name,
          ...Object.entries(dimensions).flat(),
          { label, stat },
        ]),
      },
    })),
  ];
}
