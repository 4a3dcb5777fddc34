import type { ResourceOf } from "../../base/graph.ts";
import { type Declared, refuse } from "../../base/refusal.ts";
import { AwsError } from "../../base/service.ts";

type BucketNotification = ResourceOf<"aws:s3/bucketNotification:BucketNotification">;

/** One rule of a notification configuration: a queue, a function or a topic, and the events that it gets. */
export interface Notification {
  readonly id: string;
  /** The resource and its input that name the target. */
  readonly declared: Declared;
  readonly input: string;
  readonly targetArn: string;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

/** The name of an event in a record. In a configuration it begins with `s3:`. */
export type EventName =
  | "ObjectCreated:Put"
  | "ObjectCreated:Copy"
  | "ObjectCreated:CompleteMultipartUpload"
  | "ObjectRemoved:Delete"
  | "ObjectRemoved:DeleteMarkerCreated";

/** Throws `InvalidInput` for a target of the wrong kind, an unsupported event, and rules that overlap. */
export function notificationsOf(resource: BucketNotification): Notification[] {
  const notifications = rulesOf(resource).map(
    ({ service, input, arn, id, events: wanted, filterPrefix, filterSuffix }, index) => ({
      id: id ?? `${resource.name}-${index}`,
      declared: resource,
      input,
      targetArn: requireTarget(resource, service, input, arn),
      events: wanted,
      prefix: filterPrefix ?? "",
      suffix: filterSuffix ?? "",
    }),
  );
  for (const [index, notification] of notifications.entries()) {
    const unknown = notification.events.find((event) => !events.includes(event));
    if (unknown !== undefined) {
      refuse(resource, notification.input, `has the event ${unknown}, which is not supported locally`);
    }
    if (notifications.slice(0, index).some((other) => overlaps(notification, other))) {
      refuse(resource, notification.input, `overlaps an earlier rule; AWS: ${ambiguous}`);
    }
  }
  return notifications;
}

function rulesOf({ inputs: { lambdaFunctions = [], queues = [], topics = [] } }: BucketNotification) {
  return [
    ...lambdaFunctions.map((rule, index) => ({
      ...rule,
      service: "lambda",
      input: `lambdaFunctions[${index}]`,
      arn: rule.lambdaFunctionArn,
    })),
    ...queues.map((rule, index) => ({
      ...rule,
      service: "sqs",
      input: `queues[${index}]`,
      arn: rule.queueArn,
    })),
    ...topics.map((rule, index) => ({
      ...rule,
      service: "sns",
      input: `topics[${index}]`,
      arn: rule.topicArn,
    })),
  ];
}

export function matches(notification: Notification, event: EventName, key: string): boolean {
  const [family] = event.split(":");
  return (
    notification.events.some((wanted) => wanted === `s3:${event}` || wanted === `s3:${String(family)}:*`) &&
    key.startsWith(notification.prefix) &&
    key.endsWith(notification.suffix)
  );
}

/** S3 sends a test event to queues and topics, and not to functions. */
export const takesTestEvent = ({ targetArn }: Notification): boolean => serviceOf(targetArn) !== "lambda";

/**
 * Calls `check` for the target of each notification. An `AwsError` that it throws becomes the refusal that AWS gives for
 * a target that does not exist or that S3 may not send to.
 * https://repost.aws/knowledge-center/unable-validate-destination-s3
 */
export function checkTargets(
  bucketArn: string,
  notifications: readonly Notification[],
  check: (bucketArn: string, targetArn: string) => void,
): void {
  for (const notification of notifications) {
    try {
      check(bucketArn, notification.targetArn);
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      refuse(notification.declared, notification.input, invalidDestination(notification, error));
    }
  }
}

function invalidDestination({ targetArn }: Notification, error: AwsError): string {
  const reason = error.code.startsWith("AccessDenied")
    ? (notAllowed[serviceOf(targetArn)]?.(targetArn) ?? error.message)
    : error.message;
  return `is not a valid target; AWS: Unable to validate the following destination configurations: ${targetArn}: ${reason}`;
}

const notAllowed: Readonly<Record<string, (arn: string) => string>> = {
  lambda: (arn) => `Not authorized to invoke function [${arn}]`,
  sns: () => "Permissions on the destination topic do not allow S3 to publish notifications from this bucket",
  sqs: () => "Permissions on the destination queue do not allow S3 to publish notifications from this bucket",
};

// ObjectCreated:Post is accepted and never sent, because form uploads are refused.
const events = [
  "s3:ObjectCreated:*",
  "s3:ObjectCreated:Put",
  "s3:ObjectCreated:Post",
  "s3:ObjectCreated:Copy",
  "s3:ObjectCreated:CompleteMultipartUpload",
  "s3:ObjectRemoved:*",
  "s3:ObjectRemoved:Delete",
  "s3:ObjectRemoved:DeleteMarkerCreated",
];

const ambiguous =
  "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type";

const serviceOf = (arn: string): string => arn.split(":")[2] ?? "";

function requireTarget(
  resource: BucketNotification,
  service: string,
  input: string,
  arn: string | undefined,
): string {
  if (arn === undefined || serviceOf(arn) !== service) {
    refuse(resource, input, `needs the ARN of ${kinds[service]}, not ${String(arn)}`);
  }
  if (arn.endsWith(".fifo")) {
    refuse(resource, input, `is ${arn}; S3 does not send events to FIFO queues and topics`);
  }
  return arn;
}

const kinds: Readonly<Record<string, string>> = { lambda: "a function", sqs: "a queue", sns: "a topic" };

/** AWS refuses two rules that one event could match. */
function overlaps(one: Notification, other: Notification): boolean {
  const covers = (wide: string, narrow: string) =>
    wide === narrow || (wide.endsWith("*") && narrow.startsWith(wide.slice(0, -1)));
  return (
    one.events.some((a) => other.events.some((b) => covers(a, b) || covers(b, a))) &&
    (one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix)) &&
    (one.suffix.endsWith(other.suffix) || other.suffix.endsWith(one.suffix))
  );
}
