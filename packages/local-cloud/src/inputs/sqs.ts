import { type FatesOf, refused, within } from "./fate.ts";

const onlyFifo = refused("is for FIFO queues, which are not supported locally");

/** Ranges: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export const sqs: FatesOf<"sqs"> = {
  "aws:sqs/queue:Queue": {
    contentBasedDeduplication: onlyFifo,
    deduplicationScope: onlyFifo,
    delaySeconds: within(0, 900),
    fifoQueue: onlyFifo,
    fifoThroughputLimit: onlyFifo,
    kmsDataKeyReusePeriodSeconds: within(60, 86_400, "idle"),
    kmsMasterKeyId: "idle",
    maxMessageSize: within(1_024, 1_048_576),
    messageRetentionSeconds: within(60, 1_209_600),
    name: "runs",
    namePrefix: refused("is not supported locally: give name"),
    policy: "runs",
    receiveWaitTimeSeconds: within(0, 20),
    redriveAllowPolicy: "idle",
    redrivePolicy: "runs",
    region: "runs",
    sqsManagedSseEnabled: "idle",
    tags: "idle",
    visibilityTimeoutSeconds: within(0, 43_200),
  },
  "aws:sqs/queuePolicy:QueuePolicy": { policy: "runs", queueUrl: "runs", region: "idle" },
};
