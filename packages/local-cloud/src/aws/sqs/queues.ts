import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";

type Declared = ResourceOf<"aws:sqs/queue:Queue">;

/** A declared queue. Durations are in seconds. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeout: number;
  readonly delay: number;
  readonly retention: number;
  readonly receiveWait: number;
  /** Bytes of body and attributes. */
  readonly maximumMessageSize: number;
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | undefined;
  readonly policy: string | undefined;
  /** Undefined for a standard queue. */
  readonly fifo?: Fifo | undefined;
}

export interface Fifo {
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: "queue" | "messageGroup";
  readonly throughputLimit: "perQueue" | "perMessageGroupId";
}

/** Throws an `AwsError` with the name of a queue that AWS refuses, or whose dead-letter queue is not declared. */
export function readQueues(graph: Graph): Queue[] {
  const policies = new Map(
    ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").map(({ inputs }) => [inputs.queueUrl, inputs.policy]),
  );
  const declared = ofType(graph, "aws:sqs/queue:Queue");
  const queues = declared.map((resource): Queue => {
    const { inputs, outputs } = resource;
    return {
      name: outputs.name,
      arn: outputs.arn,
      url: outputs.url,
      visibilityTimeout: outputs.visibilityTimeoutSeconds,
      delay: outputs.delaySeconds,
      retention: outputs.messageRetentionSeconds,
      receiveWait: outputs.receiveWaitTimeSeconds,
      maximumMessageSize: outputs.maxMessageSize,
      redrive: readRedrive(resource),
      policy: policies.get(outputs.url) ?? inputs.policy,
      fifo: readFifo(resource),
    };
  });
  requireDeadLetterQueues(declared, queues);
  return queues;
}

function requireDeadLetterQueues(declared: readonly Declared[], queues: readonly Queue[]): void {
  for (const [index, resource] of declared.entries()) {
    const { redrive, fifo } = queues[index] ?? {};
    if (redrive === undefined) {
      continue;
    }
    const deadLetters = queues.find(({ arn }) => arn === redrive.deadLetterArn);
    if (deadLetters === undefined) {
      refuse(resource, "redrivePolicy", `names ${redrive.deadLetterArn}, which is not declared`);
    }
    if ((deadLetters.fifo === undefined) !== (fifo === undefined)) {
      refuse(
        resource,
        "redrivePolicy",
        "is invalid. Reason: Dead-letter queue must be same type of queue as the source",
      );
    }
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html */
function readFifo(declared: Declared): Fifo | undefined {
  const { inputs, outputs } = declared;
  if (!outputs.fifoQueue) {
    refuseFifoInputs(declared);
    return undefined;
  }
  if (!outputs.name.endsWith(".fifo")) {
    refuse(declared, "name", `is ${outputs.name}; the name of a FIFO queue must end with the .fifo suffix`);
  }
  const deduplicationScope = inputs.deduplicationScope === "messageGroup" ? "messageGroup" : "queue";
  const throughputLimit =
    inputs.fifoThroughputLimit === "perMessageGroupId" ? "perMessageGroupId" : "perQueue";
  if (throughputLimit === "perMessageGroupId" && deduplicationScope !== "messageGroup") {
    refuse(
      declared,
      "fifoThroughputLimit",
      "perMessageGroupId is allowed only when deduplicationScope is messageGroup",
    );
  }
  return {
    contentBasedDeduplication: inputs.contentBasedDeduplication ?? false,
    deduplicationScope,
    throughputLimit,
  };
}

function refuseFifoInputs(declared: Declared): void {
  const { inputs, outputs } = declared;
  if (outputs.name.endsWith(".fifo")) {
    refuse(declared, "name", "ends with .fifo, which needs fifoQueue");
  }
  for (const input of ["contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit"] as const) {
    if (inputs[input]) {
      refuse(declared, input, "is for FIFO queues only");
    }
  }
}

function readRedrive(declared: Declared): Queue["redrive"] {
  const { redrivePolicy: policy } = declared.inputs;
  if (policy === undefined || policy === "") {
    return undefined;
  }
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, unknown>;
  const count = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== "string" || !Number.isInteger(count) || count < 1 || count > 1000) {
    refuse(declared, "redrivePolicy", "needs deadLetterTargetArn, and maxReceiveCount between 1 and 1000");
  }
  return { deadLetterArn: deadLetterTargetArn, maxReceiveCount: count };
}
