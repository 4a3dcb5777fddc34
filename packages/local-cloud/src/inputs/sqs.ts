import { type EffectsOf, oneOf, refused, within } from "./effect.ts";

/** Ranges: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export const sqs: EffectsOf<"sqs"> = {
  "aws:sqs/queue:Queue": {
    contentBasedDeduplication: "runs",
    deduplicationScope: oneOf(["queue", "messageGroup"]),
    delaySeconds: within(0, 900),
    fifoQueue: "runs",
    fifoThroughputLimit: oneOf(["perQueue", "perMessageGroupId"]),
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
