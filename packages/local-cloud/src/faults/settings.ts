import { flag, listOf, numeric, object, text } from "../base/checks.ts";

/** What goes wrong on purpose in one run of the cloud. Rates are from 0 to 1. */
export interface Faults {
  /** The same seed draws the same decisions. Without one it is drawn, and logged. */
  readonly seed?: number;
  /** The first that matches an action, and whose turn it is, happens. */
  readonly actions?: readonly ActionFault[];
  /** What becomes of S3's notifications, and of batches on their way to functions. */
  readonly events?: EventFaults;
  readonly kill?: KillFault;
  readonly sockets?: SocketFault;
  readonly subscriptions?: SubscriptionFault;
}

/** Makes calls of AWS actions fail, those of AppSync's data sources and of event source mappings included. */
export interface ActionFault {
  /** As IAM names it, `*` standing for anything: `rekognition:DetectLabels`, `dynamodb:*`. */
  readonly action: string;
  /** The error's code, such as `ThrottlingException`. May be absent with `after`: then the connection is cut. */
  readonly code?: string;
  /** What the code has on AWS, unless told: 400, 429, 500 or 503. */
  readonly status?: number;
  /** How many calls fail at most; no limit if absent. */
  readonly times?: number;
  /** Which part of the calls; all of them if absent. */
  readonly rate?: number;
  /** The action is done, and only its answer is lost. */
  readonly after?: boolean;
}

export interface EventFaults {
  /** Told again: an S3 event to its queue, a batch to its function. */
  readonly repeat?: number;
  /** Told late, by up to so many milliseconds. */
  readonly delay?: { readonly rate: number; readonly milliseconds: number };
  /** S3 events only: held back, while later ones of the same key overtake. */
  readonly reorder?: number;
}

/** Ends a function's worker in the middle of a run. */
export interface KillFault {
  readonly rate: number;
  /** Names of functions, `*` standing for anything; all of them if absent. */
  readonly functions?: readonly string[];
  /** A worker dies around one of its first so many calls to others, or as it returns. Default 4. */
  readonly calls?: number;
}

/** Drops WebSockets without a word. */
export interface SocketFault {
  /** Of the frames, either way. */
  readonly rate: number;
}

/** Subscriptions hear nothing for a time after start_ack, as on AWS (aws/aws-appsync-community#405). */
export interface SubscriptionFault {
  /** Of the subscriptions. */
  readonly rate: number;
  /** What is published in so many milliseconds after start_ack does not reach the subscriber. */
  readonly milliseconds: number;
}

/** The settings in a JSON text. Throws a `TypeError` that says where they are wrong. */
export function parseFaults(text: string): Faults {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`faults: no JSON: ${String(error)}`);
  }
  return checkFaults(value);
}

/** Throws a `TypeError` for what is no setting, or no value of one. */
export function checkFaults(value: unknown): Faults {
  faults(value, "faults");
  return value as Faults;
}

/** `*` stands for anything; case does not count, as in IAM. */
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
