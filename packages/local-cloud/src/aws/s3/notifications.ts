import type { ResourceOf } from "../../graph.ts";
import { AwsError } from "../service.ts";
import { refusal } from "./errors.ts";

/** One queue that a bucket tells of its events. */
export interface QueueNotification {
  readonly id: string;
  readonly queueArn: string;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

/** The name of an event as a record has it; a configuration puts `s3:` before it. */
export type EventName =
  | "ObjectCreated:Put"
  | "ObjectCreated:Copy"
  | "ObjectCreated:CompleteMultipartUpload"
  | "ObjectRemoved:Delete"
  | "ObjectRemoved:DeleteMarkerCreated";

/** Reads the configuration. Throws for targets other than queues, for events that never come here, for overlaps. */
export function queueNotifications(
  resource: ResourceOf<"aws:s3/bucketNotification:BucketNotification">,
): QueueNotification[] {
  const { inputs } = resource;
  const refuse = (what: string) => refusal(resource, what);
  if (inputs.lambdaFunctions?.length) {
    throw refuse("Lambda targets are not emulated; put a queue between");
  }
  if (inputs.topics?.length) {
    throw refuse("SNS topics are not emulated");
  }
  if (inputs.eventbridge) {
    throw refuse("EventBridge is not emulated");
  }
  const queues = (inputs.queues ?? []).map((queue, index) => ({
    id: queue.id ?? `${resource.name}-${index}`,
    queueArn: queue.queueArn,
    events: queue.events,
    prefix: queue.filterPrefix ?? "",
    suffix: queue.filterSuffix ?? "",
  }));
  const unknown = queues.flatMap((queue) => queue.events).find((event) => !events.includes(event));
  if (unknown !== undefined) {
    throw refuse(`the event ${unknown} is not emulated`);
  }
  const overlap = queues.find((queue, index) =>
    queues.slice(0, index).some((other) => overlaps(queue, other)),
  );
  if (overlap) {
    throw new AwsError("InvalidArgument", `${resource.type} "${resource.name}": ${ambiguous}`);
  }
  return queues;
}

export function matches(notification: QueueNotification, event: EventName, key: string): boolean {
  const [family] = event.split(":");
  return (
    notification.events.some((wanted) => wanted === `s3:${event}` || wanted === `s3:${String(family)}:*`) &&
    key.startsWith(notification.prefix) &&
    key.endsWith(notification.suffix)
  );
}

const events = [
  "s3:ObjectCreated:*",
  "s3:ObjectCreated:Put",
  "s3:ObjectCreated:Copy",
  "s3:ObjectCreated:CompleteMultipartUpload",
  "s3:ObjectRemoved:*",
  "s3:ObjectRemoved:Delete",
  "s3:ObjectRemoved:DeleteMarkerCreated",
];

const ambiguous =
  "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.";

/** AWS refuses two rules that one event could match. */
function overlaps(one: QueueNotification, other: QueueNotification): boolean {
  const covers = (wide: string, narrow: string) =>
    wide === narrow || (wide.endsWith("*") && narrow.startsWith(wide.slice(0, -1)));
  return (
    one.events.some((a) => other.events.some((b) => covers(a, b) || covers(b, a))) &&
    (one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix)) &&
    (one.suffix.endsWith(other.suffix) || other.suffix.endsWith(one.suffix))
  );
}
