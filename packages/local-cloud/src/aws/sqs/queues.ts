import { type Graph, ofType } from "../../graph.ts";
import { AwsError } from "../service.ts";

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
}

/** Throws, naming it, for a queue that asks for what is not supported or names a dead-letter queue in vain. */
export function readQueues(graph: Graph): Queue[] {
  const policies = new Map(
    ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").map(({ inputs }) => [inputs.queueUrl, inputs.policy]),
  );
  const queues = ofType(graph, "aws:sqs/queue:Queue").map(({ inputs, outputs }): Queue => {
    if (outputs.fifoQueue) {
      throw invalid(outputs.name, "FIFO queues are not supported locally");
    }
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
    };
  });
  const arns = new Set(queues.map(({ arn }) => arn));
  for (const { name, redrive } of queues) {
    if (redrive !== undefined && !arns.has(redrive.deadLetterArn)) {
      throw invalid(name, `the dead-letter queue ${redrive.deadLetterArn} is not declared`);
    }
  }
  return queues;
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
