import { randomUUID } from "node:crypto";
import { invalidValue } from "./parameters.ts";
import type { Queue } from "./queues.ts";

/** A move of messages out of a dead-letter queue. Times are milliseconds. */
export interface MoveTask {
  readonly handle: string;
  readonly source: Queue;
  /** Undefined: each message goes back to the queue that it came from. */
  readonly destination: Queue | undefined;
  /** Undefined: as fast as possible. */
  readonly perSecond: number | undefined;
  readonly started: number;
  readonly toMove: number;
  moved: number;
  status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
  failure?: string;
}

export function createMoveTask(
  given: Pick<MoveTask, "source" | "destination" | "perSecond" | "started" | "toMove">,
): MoveTask {
  return { ...given, handle: newHandle(given.source.arn), moved: 0, status: "RUNNING" };
}

/** The answer of ListMessageMoveTasks for one task. */
export function describe(task: MoveTask): Record<string, unknown> {
  const { status, source, destination, perSecond } = task;
  return {
    ...(status === "RUNNING" && { TaskHandle: task.handle }),
    Status: status,
    SourceArn: source.arn,
    ...(destination && { DestinationArn: destination.arn }),
    ...(perSecond !== undefined && { MaxNumberOfMessagesPerSecond: perSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure !== undefined && { FailureReason: task.failure }),
    StartedTimestamp: task.started,
  };
}

const newHandle = (sourceArn: string): string =>
  Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn })).toString("base64");

/** The ARN of the source queue, from the handle of a task. */
export function sourceArnIn(handle: string): string {
  try {
    const { sourceArn } = JSON.parse(Buffer.from(handle, "base64").toString()) as { sourceArn?: unknown };
    if (typeof sourceArn === "string") {
      return sourceArn;
    }
  } catch {
    // Refused below.
  }
  throw invalidValue("Value for parameter TaskHandle is invalid.");
}
