import { randomUUID } from "node:crypto";
import type { JsonObject } from "../gateway/json.ts";
import { AwsError, type Clock, type Principal } from "../../base/service.ts";
import { invalidValue, missing, textIn } from "./parameters.ts";
import type { Polling } from "./polling.ts";
import type { Queue } from "./queues.ts";
import type { Store } from "./store.ts";

export interface MovingOptions {
  readonly queues: ReadonlyMap<string, Queue>;
  readonly store: Store;
  readonly polling: Polling;
  readonly clock: Clock;
  /** Throws unless the principal may do the action with the queue of that name. */
  readonly authorize: (principal: Principal, action: string, queueName: string) => void;
}

/** A move of messages out of a dead-letter queue. Times are milliseconds. */
interface Task {
  readonly handle: string;
  readonly source: Queue;
  readonly destination: Queue | undefined;
  readonly perSecond: number | undefined;
  readonly started: number;
  readonly toMove: number;
  moved: number;
  status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
  failure?: string;
}

type Output = Record<string, unknown>;

/** Messages moved in one turn, so that others are served between. */
const atOnce = 500;

/**
 * Redrive: moves what lies in a dead-letter queue to a queue that is named, or back to where each message came from.
 * Tasks are forgotten at a stop. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export class Moving {
  readonly #options: MovingOptions;
  /** Newest first, by the source's ARN. */
  readonly #tasks = new Map<string, Task[]>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: MovingOptions) {
    this.#options = options;
  }

  /** Undefined if the operation is none of these. */
  run(principal: Principal, operation: string, input: JsonObject): Output | undefined {
    switch (operation) {
      case "StartMessageMoveTask":
        return this.#start(principal, input);
      case "ListMessageMoveTasks":
        return this.#list(principal, input);
      case "CancelMessageMoveTask":
        return this.#cancel(principal, input);
      default:
        return undefined;
    }
  }

  /** Moves nothing any more. */
  stop(): void {
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
  }

  /** The mover receives, deletes and sends as the caller: all that is asked of IAM before anything moves. */
  #start(principal: Principal, input: JsonObject): Output {
    const { queues, store, clock } = this.#options;
    const source = this.#queueIn(principal, input, "SourceArn", [
      "StartMessageMoveTask",
      "ReceiveMessage",
      "DeleteMessage",
      "GetQueueAttributes",
    ]);
    const sources = [...queues.values()].filter(({ redrive }) => redrive?.deadLetterArn === source.arn);
    if (sources.length === 0) {
      throw invalidValue("Source queue must be configured as a Dead Letter Queue.");
    }
    const destination =
      textIn(input, "DestinationArn") === undefined
        ? undefined
        : this.#queueIn(principal, input, "DestinationArn", ["SendMessage"]);
    if (destination === undefined) {
      for (const { name } of sources) {
        this.#options.authorize(principal, "SendMessage", name);
      }
    }
    if (destination === source) {
      throw invalidValue("Source queue arn and destination queue arn cannot be the same.");
    }
    if (destination !== undefined && (destination.fifo === undefined) !== (source.fifo === undefined)) {
      throw invalidValue("Destination queue must be same type of queue as the source.");
    }
    const perSecond = rateIn(input);
    if (this.#of(source).some(({ status }) => status === "RUNNING")) {
      throw invalidValue(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    }
    const task: Task = {
      handle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: source.arn })).toString("base64"),
      source,
      destination,
      perSecond,
      started: clock(),
      toMove: store.counts(source, clock()).visible,
      moved: 0,
      status: "RUNNING",
    };
    this.#tasks.set(source.arn, [task, ...this.#of(source)].slice(0, 10));
    this.#later(task, 0);
    return { TaskHandle: task.handle };
  }

  #list(principal: Principal, input: JsonObject): Output {
    const source = this.#queueIn(principal, input, "SourceArn", ["ListMessageMoveTasks"]);
    const rule = "You must enter a number that's between 1 and 10.";
    const most = between(input, "MaxResults", 1, 10, rule) ?? 1;
    return { Results: this.#of(source).slice(0, most).map(present) };
  }

  #cancel(principal: Principal, input: JsonObject): Output {
    const handle = textIn(input, "TaskHandle");
    if (handle === undefined) {
      throw missing("TaskHandle");
    }
    const sourceArn = sourceIn(handle);
    this.#options.authorize(principal, "CancelMessageMoveTask", sourceArn.split(":").at(-1) ?? "");
    const source = [...this.#options.queues.values()].find(({ arn }) => arn === sourceArn);
    if (source === undefined) {
      throw noResource("SourceArn");
    }
    const task = this.#of(source).find((one) => one.handle === handle);
    if (task === undefined) {
      throw notFound("Task does not exist.");
    }
    if (task.status !== "RUNNING") {
      throw unsupported("Only active tasks can be cancelled.");
    }
    task.status = "CANCELLED";
    return { ApproximateNumberOfMessagesMoved: task.moved };
  }

  #later(task: Task, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#step(task);
    }, milliseconds);
    this.#timers.add(timer);
  }

  #step(task: Task): void {
    if (task.status !== "RUNNING") {
      return;
    }
    const { queues, store, polling, clock } = this.#options;
    const { source, destination, perSecond } = task;
    const left = task.toMove - task.moved;
    const most = Math.min(perSecond ?? atOnce, left);
    const origin = (arn: string | null) => [...queues.values()].find((queue) => queue.arn === arn);
    const moved = store.move(source, (from) => destination ?? origin(from), most, clock());
    task.moved += moved.count;
    for (const { arn } of moved.to) {
      polling.wake(arn);
    }
    if (moved.homeless) {
      task.status = "FAILED";
      task.failure = "CouldNotDetermineMessageSource";
    } else if (moved.count < most || task.moved >= task.toMove) {
      task.status = "COMPLETED";
    } else {
      this.#later(task, perSecond === undefined ? 0 : 1000);
    }
  }

  #of(source: Queue): readonly Task[] {
    return this.#tasks.get(source.arn) ?? [];
  }

  /** Whoever may not do all this is not told whether there is such a queue. */
  #queueIn(
    principal: Principal,
    input: JsonObject,
    parameter: "SourceArn" | "DestinationArn",
    actions: readonly string[],
  ): Queue {
    const arn = textIn(input, parameter);
    if (arn === undefined) {
      throw missing(parameter);
    }
    if (!/^arn:[^:]+:[^:]+:[^:]+:[^:]+:[^:]+$/.test(arn)) {
      throw invalidValue(
        `You must use this format to specify the ${parameter}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>`,
      );
    }
    const { queues, authorize } = this.#options;
    const name = arn.split(":").at(-1) ?? "";
    for (const action of actions) {
      authorize(principal, action, name);
    }
    const queue = queues.get(name);
    if (queue?.arn !== arn) {
      throw noResource(parameter);
    }
    return queue;
  }
}

function present(task: Task): Output {
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

function rateIn(input: JsonObject): number | undefined {
  const rule = "You must enter a number that's between 1 and 500.";
  return between(input, "MaxNumberOfMessagesPerSecond", 1, 500, rule);
}

/** These operations do not repeat the value. */
function between(input: JsonObject, name: string, least: number, most: number, rule: string) {
  const value = input[name] as number | undefined;
  if (value === undefined || (value >= least && value <= most)) {
    return value;
  }
  throw invalidValue(`Value for parameter ${name} is invalid. Reason: ${rule}`);
}

/** The queue that a task's handle names. */
function sourceIn(handle: string): string {
  try {
    const { sourceArn } = JSON.parse(Buffer.from(handle, "base64").toString()) as { sourceArn?: unknown };
    if (typeof sourceArn === "string") {
      return sourceArn;
    }
  } catch {
    // Not a handle either.
  }
  throw invalidValue("Value for parameter TaskHandle is invalid.");
}

function noResource(parameter: string): AwsError {
  return notFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message, 404);
}

function unsupported(message: string): AwsError {
  return new AwsError("UnsupportedOperation", message);
}
