import type { ResourceOf } from "../../base/graph.ts";
import { AwsError } from "../../base/service.ts";
import { refusal } from "./errors.ts";

type Declared = ResourceOf<"aws:s3/bucketNotification:BucketNotification">;

/** The queue, function or topic that gets some of a bucket's events. */
export interface Notification {
  readonly id: string;
  readonly targetArn: string;
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

/** Reads the configuration. Throws for targets of the wrong kind, for events that never come here, for overlaps. */
export function notificationsOf(resource: Declared): Notification[] {
  const { inputs } = resource;
  if (inputs.eventbridge) {
    throw refusal(resource, "EventBridge is not emulated");
  }
  const all = [
    ...(inputs.lambdaFunctions ?? []).map((one) => ({
      ...one,
      service: "lambda",
      arn: one.lambdaFunctionArn,
    })),
    ...(inputs.queues ?? []).map((one) => ({ ...one, service: "sqs", arn: one.queueArn })),
    ...(inputs.topics ?? []).map((one) => ({ ...one, service: "sns", arn: one.topicArn })),
  ];
  const notifications = all.map(
    ({ service, arn, id, events: wanted, filterPrefix, filterSuffix }, index) => ({
      id: id ?? `${resource.name}-${index}`,
      targetArn: requireTarget(resource, service, arn),
      events: wanted,
      prefix: filterPrefix ?? "",
      suffix: filterSuffix ?? "",
    }),
  );
  const unknown = notifications.flatMap((one) => one.events).find((event) => !events.includes(event));
  if (unknown !== undefined) {
    throw refusal(resource, `the event ${unknown} is not emulated`);
  }
  const overlap = notifications.find((one, index) =>
    notifications.slice(0, index).some((other) => overlaps(one, other)),
  );
  if (overlap) {
    throw new AwsError("InvalidArgument", `${resource.type} "${resource.name}": ${ambiguous}`);
  }
  return notifications;
}

export function matches(notification: Notification, event: EventName, key: string): boolean {
  const [family] = event.split(":");
  return (
    notification.events.some((wanted) => wanted === `s3:${event}` || wanted === `s3:${String(family)}:*`) &&
    key.startsWith(notification.prefix) &&
    key.endsWith(notification.suffix)
  );
}

/** S3 sends a test event to queues and topics, but not to functions. */
export const takesTestEvent = ({ targetArn }: Notification): boolean => serviceOf(targetArn) !== "lambda";

/**
 * What S3 answers for a target that it may not send to, or that does not exist.
 * https://repost.aws/knowledge-center/unable-validate-destination-s3
 */
export function invalidDestination(bucket: string, { targetArn }: Notification, error: AwsError): AwsError {
  const reason = error.code.startsWith("AccessDenied")
    ? (notAllowed[serviceOf(targetArn)]?.(targetArn) ?? error.message)
    : error.message;
  return new AwsError(
    "InvalidArgument",
    `BucketNotification of ${bucket}: Unable to validate the following destination configurations: ${targetArn}: ${reason}`,
    400,
    { ArgumentName: targetArn, ArgumentValue: reason },
  );
}

const notAllowed: Readonly<Record<string, (arn: string) => string>> = {
  lambda: (arn) => `Not authorized to invoke function [${arn}]`,
  sns: () => "Permissions on the destination topic do not allow S3 to publish notifications from this bucket",
  sqs: () => "Permissions on the destination queue do not allow S3 to publish notifications from this bucket",
};

// A form upload is refused here, so that ObjectCreated:Post never comes.
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
  "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.";

const serviceOf = (arn: string): string => arn.split(":")[2] ?? "";

function requireTarget(resource: Declared, service: string, arn: string | undefined): string {
  if (arn === undefined || serviceOf(arn) !== service) {
    throw refusal(resource, `${String(arn)} is no ARN of ${service}`);
  }
  if (arn.endsWith(".fifo")) {
    throw refusal(resource, `${arn}: S3 sends no events to FIFO queues and topics`);
  }
  return arn;
}

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
