import type { Meter } from "../../base/meter.ts";
import type { JsonObject } from "../gateway/json.ts";
import type { Output } from "./operation.ts";
import type { Queue } from "./queues.ts";

export type Count = (queue: Queue, operation: string, input: JsonObject, output: Output) => void;

/** 64 KB of messages are a request, also as one batch. https://aws.amazon.com/sqs/pricing/ */
const chunk = 64 * 1024;

export function countRequests(meter: Meter): Count {
  return (queue, operation, input, output) => {
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

function sizeOfBodies(messages: unknown): number {
  return ((messages ?? []) as readonly { readonly Body?: unknown; readonly MessageBody?: unknown }[]).reduce(
    (sum, { Body, MessageBody = Body }) =>
      sum + (typeof MessageBody === "string" ? Buffer.byteLength(MessageBody) : 0),
    0,
  );
}
