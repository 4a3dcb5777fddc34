import type { Meter } from "../../base/meter.ts";
import type { Metrics } from "../../base/metrics.ts";
import type { JsonObject } from "../gateway/json.ts";
import type { Output } from "./operation.ts";
import type { Queue } from "./queues.ts";
import type { Store } from "./store.ts";

export type Count = (queue: Queue, operation: string, input: JsonObject, output: Output) => void;

/** 64 KB of messages are a request, also as one batch. https://aws.amazon.com/sqs/pricing/ */
const chunk = 64 * 1024;

export function countRequests(meter: Meter, metrics: Metrics): Count {
  return (queue, operation, input, output) => {
    if (operation === "ReceiveMessage") {
      const received = ((output["Messages"] ?? []) as readonly unknown[]).length;
      metrics.put("AWS/SQS", "NumberOfMessagesReceived", { QueueName: queue.name }, received);
    }
    const bytes = sizeOfBodies(
      operation === "ReceiveMessage" ? output["Messages"] : (input["Entries"] ?? [input]),
    );
    meter.count(
      queue.fifo === undefined ? "sqs.requests" : "sqs.fifoRequests",
      queue.name,
      Math.max(1, Math.ceil(bytes / chunk)),
    );
  };
}

/**
 * What CloudWatch measures once a minute.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function putGauges(metrics: Metrics, queues: Iterable<Queue>, store: Store, at: number): void {
  for (const queue of queues) {
    const { visible, oldest } = store.counts(queue, at);
    const put = (name: string, value: number) =>
      metrics.put("AWS/SQS", name, { QueueName: queue.name }, value);
    put("ApproximateNumberOfMessagesVisible", visible);
    put("ApproximateAgeOfOldestMessage", oldest === null ? 0 : (at - oldest) / 1000);
  }
}

function sizeOfBodies(messages: unknown): number {
  return ((messages ?? []) as readonly { readonly Body?: unknown; readonly MessageBody?: unknown }[]).reduce(
    (sum, { Body, MessageBody = Body }) =>
      sum + (typeof MessageBody === "string" ? Buffer.byteLength(MessageBody) : 0),
    0,
  );
}
