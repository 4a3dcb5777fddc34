import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ServiceFunction } from "./function.ts";
import { policy, type Statement, tlsOnly } from "./role.ts";
import { watched } from "./watched.ts";

interface WorkQueueArgs {
  /** Seconds that the function reading it may run. */
  readonly functionTimeout: number;
  /** Seconds after which a waiting message is an alarm. */
  readonly maxAge: number;
  /** How often a message is tried before it goes to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** Messages of a group are handled one after another, and one that is sent twice within five minutes once. */
  readonly fifo?: boolean;
  /** What others may do with the queue. */
  readonly statements?: (arn: pulumi.Output<string>) => readonly Statement[];
}

/** A FIFO queue whose groups do not wait for each other. */
const perGroup = {
  fifoQueue: true,
  deduplicationScope: "messageGroup",
  fifoThroughputLimit: "perMessageGroupId",
};

const days = (count: number): number => count * 86_400;

/** A queue of work with the dead-letter queue where what could not be done waits for a person. */
export class WorkQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly deadLetters: DeadLetterQueue;
  readonly policy: aws.sqs.QueuePolicy;

  constructor(name: string, args: WorkQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:WorkQueue", name, {}, opts);
    const fifo = args.fifo ? perGroup : {};
    this.deadLetters = new DeadLetterQueue(`${name}-dead`, args.functionTimeout, fifo, { parent: this });
    const queue = new aws.sqs.Queue(
      name,
      {
        ...fifo,
        // AWS's advice for queues that functions read: six times the function's timeout.
        visibilityTimeoutSeconds: 6 * args.functionTimeout,
        messageRetentionSeconds: days(4),
        sqsManagedSseEnabled: true,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: this.deadLetters.arn,
          maxReceiveCount: args.maxReceiveCount,
        }),
      },
      { parent: this },
    );
    this.arn = queue.arn;
    this.url = queue.url;
    watched.queues[name] = { name: queue.name, arn: queue.arn, maxAge: args.maxAge };
    this.policy = new aws.sqs.QueuePolicy(
      name,
      {
        queueUrl: queue.url,
        policy: policy(tlsOnly("sqs:*", [queue.arn]), ...(args.statements?.(queue.arn) ?? [])),
      },
      { parent: this },
    );
    this.registerOutputs({ arn: this.arn, url: this.url });
  }
}

/** What could not be done. */
export class DeadLetterQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;

  constructor(
    name: string,
    functionTimeout: number,
    fifo: Partial<typeof perGroup>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:DeadLetterQueue", name, {}, opts);
    const queue = new aws.sqs.Queue(
      name,
      {
        ...fifo,
        visibilityTimeoutSeconds: 6 * functionTimeout,
        messageRetentionSeconds: days(14),
        sqsManagedSseEnabled: true,
      },
      { parent: this },
    );
    new aws.sqs.QueuePolicy(
      name,
      { queueUrl: queue.url, policy: policy(tlsOnly("sqs:*", [queue.arn])) },
      { parent: this },
    );
    this.arn = queue.arn;
    this.url = queue.url;
    watched.deadLetters[name] = { name: queue.name, arn: queue.arn };
    this.registerOutputs({ arn: this.arn, url: this.url });
  }
}

/** What a function needs to read a queue through an event source mapping. */
export const mayRead = (...queues: readonly pulumi.Input<string>[]): Statement => ({
  Sid: "ReadQueue",
  Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  Resource: queues,
});

interface ReadQueueArgs {
  readonly reader: ServiceFunction;
  /** ARN. */
  readonly queue: pulumi.Input<string>;
  /** Batches handled at once, 2 to 1000. */
  readonly maximumConcurrency: number;
  /** Messages handed over together: 10 unless given. */
  readonly batchSize?: number;
}

/** Hands a queue's messages to a function, and those that it reports as failed again. */
export function readQueue(name: string, args: ReadQueueArgs, opts: pulumi.CustomResourceOptions): void {
  const { reader, queue, maximumConcurrency, batchSize = 10 } = args;
  new aws.lambda.EventSourceMapping(
    name,
    {
      functionName: reader.arn,
      eventSourceArn: queue,
      batchSize,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency },
    },
    { ...opts, dependsOn: [reader.rolePolicy] },
  );
}
