import { flag, listOf, numeric, object, text } from "../base/checks.ts";

/** Faults to inject in one run of the cloud. Rates are from 0 to 1. */
export interface Faults {
  /** The same seed gives the same decisions. Without it, a random seed is used and logged. */
  readonly seed?: number;
  /** The first that matches an action, and whose rate and count allow it, is injected. */
  readonly actions?: readonly ActionFault[];
  /** For S3's notifications, for schedules, and for batches of event source mappings. */
  readonly events?: EventFaults;
  readonly kill?: KillFault;
  readonly sockets?: SocketFault;
  readonly subscriptions?: SubscriptionFault;
}

/** Makes calls to AWS actions fail, also those of AppSync's data sources and of event source mappings. */
export interface ActionFault {
  /** As IAM names it, with `*` as a wildcard: `rekognition:DetectLabels`, `dynamodb:*`. */
  readonly action: string;
  /** The error's code, such as `ThrottlingException`. Optional with `after`: the connection is closed instead. */
  readonly code?: string;
  /** HTTP status. By default the one that AWS sends with the code: 400, 429, 500 or 503. */
  readonly status?: number;
  /** How many calls fail at most. No limit by default. */
  readonly times?: number;
  /** Which share of the calls fails. All of them by default. */
  readonly rate?: number;
  /** The action takes effect, and only its answer is lost. */
  readonly after?: boolean;
}

export interface EventFaults {
  /** Delivers a second time: an S3 event to its target, a batch to its function. */
  readonly repeat?: number;
  /** Delivers late, by up to this many milliseconds. */
  readonly delay?: { readonly rate: number; readonly milliseconds: number };
  /** S3 events only: delivers after later events of the same key. */
  readonly reorder?: number;
}

/** Ends a function's worker during a run. */
export interface KillFault {
  readonly rate: number;
  /** Names of functions, with `*` as a wildcard. All of them by default. */
  readonly functions?: readonly string[];
  /** A worker crashes around one of its first `calls` calls to other services, or as it returns. 4 by default. */
  readonly calls?: number;
}

/** Closes WebSockets without a close frame. */
export interface SocketFault {
  /** Share of the frames, in both directions, at which the socket is closed. */
  readonly rate: number;
}

/** Subscriptions get no events for a time after start_ack, as on AWS (aws/aws-appsync-community#405). */
export interface SubscriptionFault {
  /** Share of the subscriptions. */
  readonly rate: number;
  /** Events published within this many milliseconds after start_ack do not reach the subscriber. */
  readonly milliseconds: number;
}

/** Reads the settings from JSON. Throws a `TypeError` that names the wrong place. */
export function parseFaults(text: string): Faults {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`faults: not JSON: ${String(error)}`);
  }
  return checkFaults(value);
}

/** Throws a `TypeError` for an unknown setting or a wrong value. */
export function checkFaults(value: unknown): Faults {
  faults(value, "faults");
  return value as Faults;
}

/** Matches with `*` as a wildcard and without regard to case, as IAM does. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[^\w]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(name);
}

const rate = numeric("a number from 0 to 1", (value) => value >= 0 && value <= 1);
const count = numeric("a whole number from 1", (value) => Number.isInteger(value) && value >= 1);
const names = listOf(text(/^\S+$/, "the name of a function, such as *-ingest"));

const action = object(
  {
    action: text(
      /^(?:\*|(?:appsync|cognito-idp|dynamodb|lambda|rekognition|s3|sqs):[\w*]+)$/,
      "an action, such as dynamodb:PutItem or s3:*",
    ),
    code: text(/^[\w.]+$/, "an error's code, such as ThrottlingException"),
    status: numeric("an HTTP status from 400 to 599", (value) => value >= 400 && value <= 599),
    times: count,
    rate,
    after: flag,
  },
  ["action"],
);

const faults = object({
  seed: numeric("a whole number", Number.isSafeInteger),
  actions: listOf((value, where) => {
    action(value, where);
    const { code, after } = value as ActionFault;
    if (code === undefined && after !== true) {
      throw new TypeError(`${where}.code is missing: only an answer lost "after" the action needs none`);
    }
  }),
  events: object({
    repeat: rate,
    delay: object({ rate, milliseconds: count }, ["rate", "milliseconds"]),
    reorder: rate,
  }),
  kill: object({ rate, functions: names, calls: count }, ["rate"]),
  sockets: object({ rate }, ["rate"]),
  subscriptions: object({ rate, milliseconds: count }, ["rate", "milliseconds"]),
});
