import { type Measure, ofApi, ofFunction, ofQueue, ofTable, ours } from "./measures.ts";
import type { Watched } from "./watched.ts";

/** When somebody must look. Its page is docs/runbook/<name>.md. */
export interface Alarm {
  readonly name: string;
  /** What is so while it rings. */
  readonly meaning: string;
  /** By the names that the expression gives them; without an expression there is one. */
  readonly measures: Readonly<Record<string, Measure>>;
  /** CloudWatch's metric math. */
  readonly expression?: string;
  readonly rings: { readonly above: number } | { readonly below: number };
  /** Seconds. */
  readonly period: number;
  /** It rings after so many periods in a row. */
  readonly periods: number;
  /** Whether silence is the fault that is watched for; else silence is idleness, and well. */
  readonly silenceIsBad?: true;
}

/** Everything that rings, from the same tables as the dashboard. */
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

/** One message is one too many: each is something that a user asked for and did not get. */
const deadLetters = (name: string, queue: Watched["apiId"]): Alarm => ({
  name,
  meaning: `Messages that could not be handled lie in the queue ${name}`,
  measures: { messages: ofQueue(queue, "ApproximateNumberOfMessagesVisible") },
  rings: { above: 0 },
  period: fiveMinutes,
  periods: 1,
});

const late = (name: string, queue: Watched["apiId"], maxAge: number): Alarm => ({
  name: `${name}-late`,
  meaning: `A message has waited in the queue ${name} for more than ${maxAge} seconds`,
  measures: { age: ofQueue(queue, "ApproximateAgeOfOldestMessage") },
  rings: { above: maxAge },
  period: 60,
  periods: 5,
});

/** Throttled calls are counted neither as invocations nor as errors, yet fail all the same. */
const errors = (name: string): Alarm => ({
  name: `${name}-errors`,
  meaning: `More than 5 % of the calls of the function ${name} fail or are throttled`,
  measures: {
    invocations: ofFunction(name, "Invocations"),
    errors: ofFunction(name, "Errors"),
    throttles: ofFunction(name, "Throttles"),
  },
  expression: "100 * (FILL(errors, 0) + FILL(throttles, 0)) / (FILL(invocations, 0) + FILL(throttles, 0))",
  rings: { above: 5 },
  period: fiveMinutes,
  periods: 3,
});

const relay: readonly Alarm[] = [
  {
    name: "relay-late",
    meaning: "Changes of assets are published more than a minute late",
    measures: { age: ofFunction("relay", "IteratorAge", "Maximum") },
    rings: { above: 60_000 },
    period: 60,
    periods: 5,
  },
  {
    name: "relay-losing",
    meaning: "Changes that could not be published were not kept for later either",
    measures: { lost: ofFunction("relay", "DestinationDeliveryFailures") },
    rings: { above: 0 },
    period: fiveMinutes,
    periods: 1,
  },
];

/** AppSync counts requests for the whole account only: the samples of the API's latency stand for them. */
const api = (id: Watched["apiId"]): readonly Alarm[] => [
  {
    name: "api-faults",
    meaning: "More than 1 % of the requests to the API end in a fault of ours (5xx)",
    measures: { faults: ofApi(id, "5XXError"), requests: ofApi(id, "Latency", "SampleCount") },
    expression: "100 * FILL(faults, 0) / requests",
    rings: { above: 1 },
    period: 60,
    periods: 5,
  },
  {
    name: "api-refusals",
    meaning: "More than 25 % of the requests to the API are refused (4xx)",
    measures: { refusals: ofApi(id, "4XXError"), requests: ofApi(id, "Latency", "SampleCount") },
    expression: "IF(requests >= 20, 100 * FILL(refusals, 0) / requests, 0)",
    rings: { above: 25 },
    period: fiveMinutes,
    periods: 3,
  },
  {
    name: "api-slow",
    meaning: "One request in a hundred takes more than 2 seconds (p99 latency)",
    // Of fewer requests the slowest alone would decide.
    measures: { latency: ofApi(id, "Latency", "p99"), requests: ofApi(id, "Latency", "SampleCount") },
    expression: "IF(requests >= 100, latency, 0)",
    rings: { above: 2000 },
    period: fiveMinutes,
    periods: 3,
  },
];

/**
 * Faults of DynamoDB show where they hurt: in functions and API. Throttling does not, since clients try again. One
 * alarm takes ten metrics, so that reads and writes of all tables are two alarms.
 */
const tables = (names: Watched["tables"]): readonly Alarm[] =>
  (["Read", "Write"] as const).map((kind) => ({
    name: `${kind.toLowerCase()}s-throttled`,
    meaning: `DynamoDB throttles ${kind.toLowerCase()}s of a table`,
    measures: Object.fromEntries(
      Object.entries(names).map(([table, name]) => [table, ofTable(name, `${kind}ThrottleEvents`)]),
    ),
    expression: "SUM(FILL(METRICS(), 0))",
    rings: { above: 10 },
    period: fiveMinutes,
    periods: 3,
  }));

/** One that fails is its sender's or its receiver's affair; many at once are ours. */
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
    rings: { above: 50 },
    period: fiveMinutes,
    periods: 3,
  },
  {
    name: "labelling-failing",
    meaning: "More than 20 % of the pictures get no labels",
    measures: { labelled: ours("label", "Labelled"), failed: ours("label", "LabelFailed") },
    expression: share("FILL(failed, 0)", "FILL(labelled, 0)", 10),
    rings: { above: 20 },
    period: fiveMinutes,
    periods: 3,
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
    rings: { above: 20 },
    period: fiveMinutes,
    periods: 3,
  },
];

/** Sweep and audit are on schedules, and count themselves only once they have done their work. */
const repair: readonly Alarm[] = [
  {
    name: "audit-refused",
    meaning: "So many objects have no row that the audit removes none: the table may be the wrong one",
    measures: { refused: ours("ingest", "AuditsRefused") },
    rings: { above: 0 },
    period: fiveMinutes,
    periods: 1,
  },
  {
    name: "sweep-idle",
    meaning: "The sweep has not run for 15 minutes",
    measures: { runs: ours("sweep", "RowsDue", "SampleCount") },
    rings: { below: 1 },
    period: fiveMinutes,
    periods: 3,
    silenceIsBad: true,
  },
  {
    name: "audit-idle",
    meaning: "The audit of objects has not run for 30 minutes",
    measures: { runs: ours("ingest", "ObjectsAudited", "SampleCount") },
    rings: { below: 1 },
    period: 900,
    periods: 2,
    silenceIsBad: true,
  },
];

/** Per cent of bad ones; nothing is said of fewer than so many. */
function share(bad: string, good: string, least: number): string {
  const all = `(${bad} + ${good})`;
  return `IF(${all} >= ${least}, 100 * (${bad}) / ${all}, 0)`;
}
