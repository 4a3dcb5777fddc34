import type { Message } from "../targets.ts";
import type { Attribute, Attributes, Subscription } from "./model.ts";

/** A published message, as the outbox stores it. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly sequenceNumber?: string | undefined;
  readonly subject?: string | undefined;
  readonly message: string;
  readonly structure?: Readonly<Record<string, unknown>> | undefined;
  readonly attributes: Attributes;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The message for an endpoint. It has no signature, because only AWS has the key.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function messageFor(subscription: Subscription, notification: Notification): Message {
  const { groupId, deduplicationId, attributes } = notification;
  const place = {
    ...(groupId !== undefined && { groupId }),
    ...(subscription.fifo && deduplicationId !== undefined && { deduplicationId }),
  };
  const message = textFor(subscription.protocol, notification);
  if (subscription.raw) {
    return { body: message, attributes: sqsAttributes(attributes), ...place };
  }
  const envelope = {
    Type: "Notification",
    MessageId: notification.messageId,
    ...(notification.sequenceNumber !== undefined && { SequenceNumber: notification.sequenceNumber }),
    TopicArn: notification.topicArn,
    ...(notification.subject !== undefined && { Subject: notification.subject }),
    Message: message,
    Timestamp: new Date(notification.at).toISOString(),
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: shown(attributes) }),
  };
  if (subscription.protocol === "sqs") {
    return { body: JSON.stringify(envelope, undefined, 2), ...place };
  }
  const Sns = { Subject: null, MessageAttributes: {}, ...envelope };
  const record = { EventSource: "aws:sns", EventVersion: "1.0", EventSubscriptionArn: subscription.arn, Sns };
  return { body: JSON.stringify({ Records: [record] }) };
}

function textFor(protocol: string, { message, structure }: Notification): string {
  const text = structure?.[protocol] ?? structure?.["default"];
  return typeof text === "string" ? text : message;
}

const valueOf = ({ StringValue, BinaryValue }: Attribute): string => StringValue ?? BinaryValue ?? "";

const shown = (attributes: Attributes): object =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, one]) => [name, { Type: one.DataType, Value: valueOf(one) }]),
  );

/** SQS has no arrays. It gets the type `String.Array` with the JSON text. */
const sqsAttributes = (attributes: Attributes): Record<string, Attribute> => ({ ...attributes });
