import { type Alarm, fiveMinutes } from "./alarm.ts";
import {
  hasMessages,
  measuresOf,
  ofApi,
  ofFunction,
  ofIndex,
  ofQueue,
  ofTable,
  ours,
  resolverFaults,
} from "./measures.ts";
import { outcomes } from "./outcome-alarms.ts";
import type { Watched } from "./watched.ts";

/** All alarms of the stack. */
export const alarmsOf = (watched: Watched): readonly Alarm[] => [
  ...Object.entries(watched.deadLetters).map(([name, queue]) => deadLetters(name, queue.name)),
  ...Object.entries(watched.queues).map(([name, queue]) => late(name, queue.name, queue.maxAge)),
  ...watched.functions.map((name) => errors(name, watched.readers[name] ?? [])),
  ...relay,
  ...api(watched.apiId),
  ...tables(watched),
  ...outcomes(watched.callbackOutcomes),
  ...repair,
];

/** A single message starts the alarm: each is something that a user asked for and did not get. */
const deadLetters = (name: string, queue: Watched["apiId"]): Alarm => ({
  name,
  meaning: `Messages that could not be handled lie in the queue ${name}`,
  // The stream forgets changes after 24 hours.
  isUrgent: name === "pipeline-failed-changes-dead",
  measures: { messages: ofQueue(queue, "ApproximateNumberOfMessagesVisible") },
  threshold: { above: 0 },
  period: fiveMinutes,
  periods: 1,
});

const late = (name: string, queue: Watched["apiId"], maxAge: number): Alarm => ({
  name: `${name}-late`,
  meaning: `A message has waited in the queue ${name} for more than ${maxAge} seconds`,
  isUrgent: !isHousekeeping(name),
  measures: { age: ofQueue(queue, "ApproximateAgeOfOldestMessage") },
  threshold: { above: maxAge },
  period: 60,
  periods: 5,
});

/** Work that no user waits for. Queues are named after what they hold, functions after what they do. */
const isHousekeeping = (name: string): boolean => /^(?:purge|eras|sweep)/.test(name);

/**
 * Throttled calls fail too, but CloudWatch counts them neither as invocations nor as errors. A message that fails and
 * will be received again is no error of the function, so the function counts it itself.
 */
function errors(name: string, queues: readonly Watched["apiId"][]): Alarm {
  const calls = {
    invocations: ofFunction(name, "Invocations"),
    errors: ofFunction(name, "Errors"),
    throttles: ofFunction(name, "Throttles"),
  };
  const ofCalls =
    "100 * (FILL(errors, 0) + FILL(throttles, 0)) / (FILL(invocations, 0) + FILL(throttles, 0))";
  const common = {
    name: `${name}-errors`,
    isUrgent: !isHousekeeping(name),
    threshold: { above: 5 },
    period: fiveMinutes,
    periods: 3,
  };
  const what = `More than 5 % of the calls of the function ${name} fail or are throttled`;
  if (!hasMessages(name)) {
    return { ...common, meaning: what, measures: calls, expression: ofCalls };
  }
  const handled = handledBy(name, queues);
  const sum = Object.keys(handled).map((id) => `FILL(${id}, 0)`);
  const ofMessages = `IF(FILL(failed, 0) >= 10, 100 * FILL(failed, 0) / (${sum.join(" + ")}), 0)`;
  return {
    ...common,
    meaning: `${what}, or more than 5 % of its messages fail`,
    measures: { ...calls, failed: ours(name, "MessagesFailed"), ...handled },
    expression: `MAX([${ofCalls}, ${ofMessages}])`,
  };
}

/** CloudWatch does not count the records of a stream. */
const handledBy = (name: string, queues: readonly Watched["apiId"][]): Alarm["measures"] =>
  name === "relay"
    ? { published: ours("relay", "EventsPublished"), failed: ours("relay", "MessagesFailed") }
    : Object.fromEntries(
        queues.map((queue, index) => [`received${index}`, ofQueue(queue, "NumberOfMessagesReceived", "Sum")]),
      );

const relay: readonly Alarm[] = [
  {
    name: "relay-late",
    meaning: "Changes of assets are published more than a minute late",
    isUrgent: true,
    measures: { age: ofFunction("relay", "IteratorAge", "Maximum") },
    threshold: { above: 60_000 },
    period: 60,
    periods: 5,
  },
  {
    name: "relay-losing",
    meaning: "Changes that could not be published were not kept for later either",
    isUrgent: true,
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
    isUrgent: true,
    measures: { faults: ofApi(id, "5XXError"), requests: ofApi(id, "Latency", "SampleCount") },
    expression: "100 * FILL(faults, 0) / requests",
    threshold: { above: 1 },
    period: 60,
    periods: 5,
  },
  {
    name: "resolvers-failing",
    meaning: "More than 1 % of the requests to the API are answered with the error Internal",
    isUrgent: true,
    // The status of these answers is 200.
    measures: { faults: resolverFaults(), requests: ofApi(id, "Latency", "SampleCount") },
    expression: "IF(FILL(faults, 0) >= 5, 100 * FILL(faults, 0) / requests, 0)",
    threshold: { above: 1 },
    period: fiveMinutes,
    periods: 2,
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
    isUrgent: true,
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
 * at most ten metrics, so reads and writes have one each, for tables and for indexes: a throttled index is not in the
 * metrics of its table.
 */
const tables = ({ tables: names, indexes }: Watched): readonly Alarm[] =>
  (["Read", "Write"] as const).flatMap((kind) => {
    const metric = `${kind}ThrottleEvents`;
    const plural = `${kind.toLowerCase()}s`;
    return [
      throttles(
        plural,
        "a table",
        measuresOf(names, (name) => ofTable(name, metric)),
      ),
      throttles(
        `index-${plural}`,
        "an index",
        measuresOf(indexes, (index) => ofIndex(index, metric)),
      ),
    ];
  });

const throttles = (what: string, whose: string, measures: Alarm["measures"]): Alarm => ({
  name: `${what}-throttled`,
  meaning: `DynamoDB throttles ${what.replace("index-", "")} of ${whose}`,
  isUrgent: true,
  measures,
  expression: "SUM(FILL(METRICS(), 0))",
  threshold: { above: 10 },
  period: fiveMinutes,
  periods: 3,
});

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
    name: "sweep-behind",
    meaning: "Rows have been due for more than 15 minutes: the sweep does not keep up",
    measures: { lag: ours("sweep", "DueLag", "Maximum") },
    threshold: { above: 900_000 },
    period: fiveMinutes,
    periods: 3,
  },
  {
    name: "sweep-idle",
    meaning: "The sweep has not run for 15 minutes",
    measures: { runs: ours("sweep", "RowsDue", "SampleCount") },
    threshold: { below: 1 },
    period: fiveMinutes,
    periods: 3,
    isScheduled: true,
  },
  {
    name: "audit-idle",
    meaning: "The audit of objects has not run for 30 minutes",
    measures: { runs: ours("ingest", "ObjectsAudited", "SampleCount") },
    threshold: { below: 1 },
    period: 900,
    periods: 2,
    isScheduled: true,
  },
];
