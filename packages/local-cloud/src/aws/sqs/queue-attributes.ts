import { AwsError } from "../../base/service.ts";
import type { Queue } from "./queues.ts";
import type { Counts } from "./store.ts";

/** Throws for an unknown name. Where message attributes are expected, SQS accepts the names of queues too. */
export function checkAttributeNames(names: readonly string[], of: "queue" | "message"): void {
  const known = of === "queue" ? ofQueues : [...ofQueues, ...ofMessages];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new AwsError("InvalidAttributeName", `Unknown Attribute ${unknown}.`);
  }
}

const ofQueues = [
  "All",
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesDelayed",
  "ApproximateNumberOfMessagesNotVisible",
  "ContentBasedDeduplication",
  "CreatedTimestamp",
  "DeduplicationScope",
  "DelaySeconds",
  "FifoQueue",
  "FifoThroughputLimit",
  "KmsDataKeyReusePeriodSeconds",
  "KmsMasterKeyId",
  "LastModifiedTimestamp",
  "MaximumMessageSize",
  "MessageRetentionPeriod",
  "Policy",
  "QueueArn",
  "ReceiveMessageWaitTimeSeconds",
  "RedriveAllowPolicy",
  "RedrivePolicy",
  "SqsManagedSseEnabled",
  "VisibilityTimeout",
];

const ofMessages = [
  "AWSTraceHeader",
  "ApproximateFirstReceiveTimestamp",
  "ApproximateReceiveCount",
  "DeadLetterQueueSourceArn",
  "MessageDeduplicationId",
  "MessageGroupId",
  "SenderId",
  "SentTimestamp",
  "SequenceNumber",
];

/** The attributes with these names. No names give no attributes, as on AWS. */
export function attributesOf(queue: Queue, { visible, inFlight, delayed }: Counts, names: readonly string[]) {
  checkAttributeNames(names, "queue");
  const all: Record<string, string> = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(queue.visibilityTimeout),
    DelaySeconds: String(queue.delay),
    MaximumMessageSize: String(queue.maximumMessageSize),
    MessageRetentionPeriod: String(queue.retention),
    ReceiveMessageWaitTimeSeconds: String(queue.receiveWait),
    ...(queue.redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: queue.redrive.deadLetterArn,
        maxReceiveCount: queue.redrive.maxReceiveCount,
      }),
    }),
    ...(queue.policy !== undefined && { Policy: queue.policy }),
    ...(queue.fifo && {
      FifoQueue: "true",
      ContentBasedDeduplication: String(queue.fifo.contentBasedDeduplication),
      DeduplicationScope: queue.fifo.deduplicationScope,
      FifoThroughputLimit: queue.fifo.throughputLimit,
    }),
  };
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => names.includes("All") || names.includes(name)),
  );
}
