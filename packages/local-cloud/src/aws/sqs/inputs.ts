import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../../base/service.ts";
import { brokenConstraints, type Members, type Shape } from "../shapes.ts";

/**
 * Checks the types of an input, and removes nulls, as SQS's deserializer does. Throws `SerializationException` for the
 * whole request, a batch too, before any part of it runs.
 */
export function readInput(operation: string, input: JsonObject): JsonObject {
  const members = Object.hasOwn(inputs, operation) ? inputs[operation] : undefined;
  if (members === undefined) {
    throw new AwsError("UnknownOperationException", `Unknown operation ${operation}`, 404);
  }
  const known = withoutNulls(input) as JsonObject;
  brokenConstraints(members, known);
  return known;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

const text = { type: "string" } as const;
const integer = { type: "integer" } as const;
const texts = { type: "list", of: text } as const;
const attributes = {
  type: "map",
  of: {
    type: "structure",
    members: {
      DataType: text,
      StringValue: text,
      BinaryValue: { type: "blob" },
      StringListValues: texts,
      BinaryListValues: { type: "list", of: { type: "blob" } },
    },
  },
} as const;
const message = {
  MessageBody: text,
  DelaySeconds: integer,
  MessageAttributes: attributes,
  MessageSystemAttributes: attributes,
  MessageDeduplicationId: text,
  MessageGroupId: text,
};
const queue = { QueueUrl: text };
const page = { MaxResults: integer, NextToken: text };
const handle = { ReceiptHandle: text };
const visibility = { ...handle, VisibilityTimeout: integer };
const entries = (members: Members): Shape => ({
  type: "list",
  of: { type: "structure", members: { Id: text, ...members } },
});

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export const inputs: Readonly<Record<string, Members>> = {
  ListQueues: { QueueNamePrefix: text, ...page },
  ListDeadLetterSourceQueues: { ...queue, ...page },
  GetQueueUrl: { QueueName: text, QueueOwnerAWSAccountId: text },
  GetQueueAttributes: { ...queue, AttributeNames: texts },
  PurgeQueue: queue,
  SendMessage: { ...queue, ...message },
  SendMessageBatch: { ...queue, Entries: entries(message) },
  ReceiveMessage: {
    ...queue,
    AttributeNames: texts,
    MessageSystemAttributeNames: texts,
    MessageAttributeNames: texts,
    MaxNumberOfMessages: integer,
    VisibilityTimeout: integer,
    WaitTimeSeconds: integer,
    ReceiveRequestAttemptId: text,
  },
  DeleteMessage: { ...queue, ...handle },
  DeleteMessageBatch: { ...queue, Entries: entries(handle) },
  ChangeMessageVisibility: { ...queue, ...visibility },
  ChangeMessageVisibilityBatch: { ...queue, Entries: entries(visibility) },
  StartMessageMoveTask: { SourceArn: text, DestinationArn: text, MaxNumberOfMessagesPerSecond: integer },
  ListMessageMoveTasks: { SourceArn: text, MaxResults: integer },
  CancelMessageMoveTask: { TaskHandle: text },
  // Only the program can do these. The permission is checked before the request is refused.
  ...Object.fromEntries(
    [
      "AddPermission",
      "CreateQueue",
      "DeleteQueue",
      "ListQueueTags",
      "RemovePermission",
      "SetQueueAttributes",
      "TagQueue",
      "UntagQueue",
    ].map((operation) => [operation, { ...queue, QueueName: text }]),
  ),
};
