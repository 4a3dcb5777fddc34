import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { AwsError } from "../../base/service.ts";

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
  /** Absent for a standard queue. */
  readonly fifo?: Fifo | undefined;
}

export interface Fifo {
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: "queue" | "messageGroup";
  readonly throughputLimit: "perQueue" | "perMessageGroupId";
}

/** Throws, naming it, for a queue that asks for what is not supported or names a dead-letter queue in vain. */
export function readQueues(graph: Graph): Queue[] {
  const policies = new Map(
    ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").map(({ inputs }) => [inputs.queueUrl, inputs.policy]),
  );
  const queues = ofType(graph, "aws:sqs/queue:Queue").map((declared): Queue => {
    const { inputs, outputs } = declared;
    return {
      name: outputs.name,
      arn: outputs.arn,
      url: outputs.url,
      visibilityTimeout: outputs.visibilityTimeoutSeconds,
      delay: outputs.delaySeconds,
      retention: outputs.messageRetentionSeconds,
      receiveWait: outputs.receiveWaitTimeSeconds,
      maximumMessageSize: outputs.maxMessageSize,
      redrive: readRedrive(outputs.name, inputs.redrivePolicy),
      policy: policies.get(outputs.url) ?? inputs.policy,
      fifo: readFifo(declared),
    };
  });
  requireDeadLetterQueues(queues);
  return queues;
}

function requireDeadLetterQueues(queues: readonly Queue[]): void {
  const byArn = new Map(queues.map((queue) => [queue.arn, queue]));
  for (const { name, redrive, fifo } of queues) {
    if (redrive === undefined) {
      continue;
    }
    const deadLetters = byArn.get(redrive.deadLetterArn);
    if (deadLetters === undefined) {
      throw invalid(name, `the dead-letter queue ${redrive.deadLetterArn} is not declared`);
    }
    if ((deadLetters.fifo === undefined) !== (fifo === undefined)) {
      throw invalid(
        name,
        "RedrivePolicy is invalid. Reason: Dead-letter queue must be same type of queue as the source",
      );
    }
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html */
function readFifo({ inputs, outputs }: Declared): Fifo | undefined {
  const { name } = outputs;
  if (!outputs.fifoQueue) {
    if (name.endsWith(".fifo")) {
      throw invalid(name, "only the name of a FIFO queue may end with .fifo: set fifoQueue");
    }
    const only = (["contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit"] as const).find(
      (input) => inputs[input],
    );
    if (only !== undefined) {
      throw invalid(name, `${only} is for FIFO queues only`);
    }
    return undefined;
  }
  if (!name.endsWith(".fifo")) {
    throw invalid(name, "the name of a FIFO queue must end with the .fifo suffix");
  }
  const deduplicationScope = inputs.deduplicationScope === "messageGroup" ? "messageGroup" : "queue";
  const throughputLimit =
    inputs.fifoThroughputLimit === "perMessageGroupId" ? "perMessageGroupId" : "perQueue";
  if (throughputLimit === "perMessageGroupId" && deduplicationScope !== "messageGroup") {
    throw invalid(
      name,
      "fifoThroughputLimit perMessageGroupId is allowed only when deduplicationScope is messageGroup",
    );
  }
  return {
    contentBasedDeduplication: inputs.contentBasedDeduplication ?? false,
    deduplicationScope,
    throughputLimit,
  };
}

function readRedrive(name: string, policy: string | undefined): Queue["redrive"] {
  if (policy === undefined || policy === "") {
    return undefined;
  }
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, unknown>;
  const count = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== "string" || !Number.isInteger(count) || count < 1 || count > 1000) {
    throw invalid(name, "redrivePolicy needs deadLetterTargetArn, and maxReceiveCount between 1 and 1000");
  }
  return { deadLetterArn: deadLetterTargetArn, maxReceiveCount: count };
}

function invalid(name: string, reason: string): AwsError {
  return new AwsError("InvalidAttributeValue", `Queue ${name}: ${reason}.`);
}
