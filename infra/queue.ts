import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ServiceFunction } from "./function.ts";
import { policy, type Statement, tlsOnly } from "./role.ts";
import { watched } from "./watched.ts";

interface WorkQueueArgs {
  /** Timeout of the function that reads the queue, in seconds. */
  readonly functionTimeout: number;
  /** Seconds after which a waiting message is an alarm. */
  readonly maxAge: number;
  /** Attempts before a message goes to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** FIFO: the messages of a group are handled in order, and a message that is sent twice within five minutes only once. */
  readonly fifo?: boolean;
  /** Statements of the queue's policy. */
  readonly statements?: (arn: pulumi.Output<string>) => readonly Statement[];
}

/** A FIFO queue whose groups do not wait for each other. */
const perGroup = {
  fifoQueue: true,
  deduplicationScope: "messageGroup",
  fifoThroughputLimit: "perMessageGroupId",
};

const days = (count: number): number => count * 86_400;

/** A queue of jobs, with a dead-letter queue in which failed jobs wait for a person. */
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
        // AWS recommends six times the timeout of the function that reads the queue.
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

/** The queue of failed jobs. */
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

/** The permissions that an event source mapping of a queue needs. */
export const mayRead = (...queues: readonly pulumi.Input<string>[]): Statement => ({
  Sid: "ReadQueue",
  Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  Resource: queues,
});

interface ReadQueueArgs {
  readonly reader: ServiceFunction;
  /** ARN. */
  readonly queue: pulumi.Input<string>;
  /** Batches handled concurrently, 2 to 1000. */
  readonly maximumConcurrency: number;
  /** Messages of one invocation. 10 by default. */
  readonly batchSize?: number;
}

/** Invokes a function with a queue's messages, and again with those that it reports as failed. */
export function readQueue(name: string, args: ReadQueueArgs, opts: pulumi.CustomResourceOptions): void {
  const { reader, queue, maximumConcurrency, batchSize = 10 } = args;
  (watched.readers[reader.folder] ??= []).push(
    pulumi.output(queue).apply((arn) => arn.slice(arn.lastIndexOf(":") + 1)),
  );
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
