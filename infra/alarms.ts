import { type Measure, ofApi, ofFunction, ofQueue, ofTable, ours } from "./measures.ts";
import type { Watched } from "./watched.ts";

/** An alarm. Its runbook page is docs/runbook/<name>.md. */
export interface Alarm {
  readonly name: string;
  /** What is wrong in the state ALARM. */
  readonly meaning: string;
  /** By their names in the expression. Without an expression there is one. */
  readonly measures: Readonly<Record<string, Measure>>;
  /** CloudWatch metric math. */
  readonly expression?: string;
  readonly threshold: { readonly above: number } | { readonly below: number };
  /** Seconds. */
  readonly period: number;
  /** The alarm starts after this many consecutive periods. */
  readonly periods: number;
  /** Missing data starts the alarm. Without it, missing data means that nothing happened. */
  readonly missingDataIsBreaching?: true;
}

/** All alarms of the stack. */
export const alarmsOf = (watched: Watched): readonly Alarm[] => [
  ...Object.entries(watched.deadLetters).map(([name, queue]) => deadLetters(name, queue.name)),
  ...Object.entries(watched.queues).map(([name, queue]) => late(name, queue.name, queue.maxAge)),
  ...watched.functions.map(errors),
  ...relay,
  ...api(watched.apiId),
  ...tables(watched.tables),
  ...outcomes,
  ...repair,
];

const fiveMinutes = 300;

/** A single message starts the alarm: each is something that a user asked for and did not get. */
const deadLetters = (name: string, queue: Watched["apiId"]): Alarm => ({
  name,
  meaning: `Messages that could not be handled lie in the queue ${name}`,
  measures: { messages: ofQueue(queue, "ApproximateNumberOfMessagesVisible") },
  threshold: { above: 0 },
  period: fiveMinutes,
  periods: 1,
});

const late = (name: string, queue: Watched["apiId"], maxAge: number): Alarm => ({
  name: `${name}-late`,
  meaning: `A message has waited in the queue ${name} for more than ${maxAge} seconds`,
  measures: { age: ofQueue(queue, "ApproximateAgeOfOldestMessage") },
  threshold: { above: maxAge },
  period: 60,
  periods: 5,
});

/** Throttled calls fail too, but CloudWatch counts them neither as invocations nor as errors. */
const errors = (name: string): Alarm => ({
  name: `${name}-errors`,
  meaning: `More than 5 % of the calls of the function ${name} fail or are throttled`,
  measures: {
    invocations: ofFunction(name, "Invocations"),
    errors: ofFunction(name, "Errors"),
    throttles: ofFunction(name, "Throttles"),
  },
  expression: "100 * (FILL(errors, 0) + FILL(throttles, 0)) / (FILL(invocations, 0) + FILL(throttles, 0))",
  threshold: { above: 5 },
  period: fiveMinutes,
  periods: 3,
});

const relay: readonly Alarm[] = [
  {
    name: "relay-late",
    meaning: "Changes of assets are published more than a minute late",
    measures: { age: ofFunction("relay", "IteratorAge", "Maximum") },
    threshold: { above: 60_000 },
    period: 60,
    periods: 5,
  },
  {
    name: "relay-losing",
    meaning: "Changes that could not be published were not kept for later either",
    measures: { lost: ofFunction("relay", "DestinationDeliveryFailures") },
    threshold: { above: 0 },
    period: fiveMinutes,
    periods: 1,
  },
];

/** AppSync counts requests for the whole account only. The number of latency samples is that of the API's requests. */
const api = (id: Watched["apiId"]): readonly Alarm[] => [
  {
    name: "api-faults",
    meaning: "More than 1 % of the requests to the API end in a fault of ours (5xx)",
    measures: { faults: ofApi(id, "5XXError"), requests: ofApi(id, "Latency", "SampleCount") },
    expression: "100 * FILL(faults, 0) / requests",
    threshold: { above: 1 },
    period: 60,
    periods: 5,
  },
  {
    name: "api-refusals",
    meaning: "More than 25 % of the requests to the API are refused (4xx)",
    measures: { refusals: ofApi(id, "4XXError"), requests: ofApi(id, "Latency", "SampleCount") },
    expression: "IF(requests >= 20, 100 * FILL(refusals, 0) / requests, 0)",
    threshold: { above: 25 },
    period: fiveMinutes,
    periods: 3,
  },
  {
    name: "api-slow",
    meaning: "One request in a hundred takes more than 2 seconds (p99 latency)",
    // With fewer requests, the slowest one alone would be the p99.
    measures: { latency: ofApi(id, "Latency", "p99"), requests: ofApi(id, "Latency", "SampleCount") },
    expression: "IF(requests >= 100, latency, 0)",
    threshold: { above: 2000 },
    period: fiveMinutes,
    periods: 3,
  },
];

/**
 * Errors of DynamoDB start the alarms of functions and API. Throttling does not, because clients retry. An alarm takes
 * at most ten metrics, so reads and writes have one each.
 */
const tables = (names: Watched["tables"]): readonly Alarm[] =>
  (["Read", "Write"] as const).map((kind) => ({
    name: `${kind.toLowerCase()}s-throttled`,
    meaning: `DynamoDB throttles ${kind.toLowerCase()}s of a table`,
    measures: Object.fromEntries(
      Object.entries(names).map(([table, name]) => [table, ofTable(name, `${kind}ThrottleEvents`)]),
    ),
    expression: "SUM(FILL(METRICS(), 0))",
    threshold: { above: 10 },
    period: fiveMinutes,
    periods: 3,
  }));

/** A single failure is usually the fault of an upload or a receiver. Many at the same time are a fault of the system. */
const outcomes: readonly Alarm[] = [
  {
    name: "callbacks-failing",
    meaning: "More than half of the calls to receivers fail",
    measures: {
      delivered: ours("deliver", "Delivered"),
      again: ours("deliver", "DeliveriesPutOff"),
      failed: ours("deliver", "DeliveriesFailed"),
    },
    expression: share("FILL(again, 0) + FILL(failed, 0)", "FILL(delivered, 0)", 20),
    threshold: { above: 50 },
    period: fiveMinutes,
    periods: 3,
  },
  {
    name: "labelling-failing",
    meaning: "More than 20 % of the pictures get no labels",
    measures: { labelled: ours("label", "Labelled"), failed: ours("label", "LabelFailed") },
    expression: share("FILL(failed, 0)", "FILL(labelled, 0)", 10),
    threshold: { above: 20 },
    period: fiveMinutes,
    periods: 3,
  },
  {
    name: "label-budget-used-up",
    meaning: "No more pictures are labelled today, because the daily budget of all users is used up",
    measures: { waiting: ours("label", "LabelBudgetUsedUp") },
    threshold: { above: 0 },
    // It starts once a day, not for each picture.
    period: 3600,
    periods: 1,
  },
  {
    name: "thumbnails-failing",
    meaning: "More than 20 % of the pictures get no thumbnails",
    measures: {
      made: ours("thumbnail", "ThumbnailsMade"),
      refused: ours("thumbnail", "ThumbnailsRefused"),
      dead: ours("thumbnail", "ThumbnailsGivenUp"),
    },
    expression: share("FILL(refused, 0) + FILL(dead, 0)", "FILL(made, 0)", 10),
    threshold: { above: 20 },
    period: fiveMinutes,
    periods: 3,
  },
];

/** Sweep and audit run on schedules, and report their metrics at the end of a run. */
const repair: readonly Alarm[] = [
  {
    name: "audit-refused",
    meaning: "So many objects have no row that the audit removes none: the table may be the wrong one",
    measures: { refused: ours("ingest", "AuditsRefused") },
    threshold: { above: 0 },
    period: fiveMinutes,
    periods: 1,
  },
  {
    name: "sweep-idle",
    meaning: "The sweep has not run for 15 minutes",
    measures: { runs: ours("sweep", "RowsDue", "SampleCount") },
    threshold: { below: 1 },
    period: fiveMinutes,
    periods: 3,
    missingDataIsBreaching: true,
  },
  {
    name: "audit-idle",
    meaning: "The audit of objects has not run for 30 minutes",
    measures: { runs: ours("ingest", "ObjectsAudited", "SampleCount") },
    threshold: { below: 1 },
    period: 900,
    periods: 2,
    missingDataIsBreaching: true,
  },
];

/** The percentage of failures, or 0 with fewer than `minCount` outcomes. */
function share(bad: string, good: string, minCount: number): string {
  const all = `(${bad} + ${good})`;
  return `IF(${all} >= ${minCount}, 100 * (${bad}) / ${all}, 0)`;
}
