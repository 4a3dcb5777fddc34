import type { JsonObject } from "../gateway/json.ts";
import { AwsError, type Principal } from "../../base/service.ts";
import { createMoveTask, describe, type MoveTask, sourceArnIn } from "./move-task.ts";
import { Mover, type MoverOptions } from "./mover.ts";
import type { Output } from "./operation.ts";
import { invalidValue, missing, textIn } from "./parameters.ts";
import type { Queue } from "./queues.ts";

export interface MoveOptions extends MoverOptions {
  /** Throws unless the principal may do the action with the queue of that name. */
  readonly authorize: (principal: Principal, action: string, queueName: string) => void;
}

/** Tasks of one queue that ListMessageMoveTasks can return. */
const maxListed = 10;

/**
 * The operations on message move tasks. A task moves messages from a dead-letter queue to a given queue, or back to
 * the queue that each message came from. A stop of the service ends all tasks and deletes their records.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export class MoveOperations {
  readonly #options: MoveOptions;
  readonly #mover: Mover;
  /** Newest first, by the source's ARN. */
  readonly #tasks = new Map<string, MoveTask[]>();

  constructor(options: MoveOptions) {
    this.#options = options;
    this.#mover = new Mover(options);
  }

  /** Undefined for any other operation. */
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

  stop(): void {
    this.#mover.stop();
  }

  #start(principal: Principal, input: JsonObject): Output {
    const { store, clock } = this.#options;
    const { source, destination } = this.#endsOf(principal, input);
    const perSecond = rateIn(input);
    if (this.#tasksOf(source).some(({ status }) => status === "RUNNING")) {
      throw invalidValue(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    }
    const started = clock();
    const toMove = store.counts(source, started).visible;
    const task = createMoveTask({ source, destination, perSecond, started, toMove });
    this.#tasks.set(source.arn, [task, ...this.#tasksOf(source)].slice(0, maxListed));
    this.#mover.begin(task);
    return { TaskHandle: task.handle };
  }

  /** The task receives, deletes and sends with the caller's permissions. All of them are checked before it starts. */
  #endsOf(principal: Principal, input: JsonObject): Pick<MoveTask, "source" | "destination"> {
    const { queues, authorize } = this.#options;
    const source = this.#queueIn(principal, input, "SourceArn", [
      "StartMessageMoveTask",
      "ReceiveMessage",
      "DeleteMessage",
      "GetQueueAttributes",
    ]);
    const origins = [...queues.values()].filter(({ redrive }) => redrive?.deadLetterArn === source.arn);
    if (origins.length === 0) {
      throw invalidValue("Source queue must be configured as a Dead Letter Queue.");
    }
    if (textIn(input, "DestinationArn") === undefined) {
      for (const { name } of origins) {
        authorize(principal, "SendMessage", name);
      }
      return { source, destination: undefined };
    }
    const destination = this.#queueIn(principal, input, "DestinationArn", ["SendMessage"]);
    if (destination === source) {
      throw invalidValue("Source queue arn and destination queue arn cannot be the same.");
    }
    if ((destination.fifo === undefined) !== (source.fifo === undefined)) {
      throw invalidValue("Destination queue must be same type of queue as the source.");
    }
    return { source, destination };
  }

  #list(principal: Principal, input: JsonObject): Output {
    const source = this.#queueIn(principal, input, "SourceArn", ["ListMessageMoveTasks"]);
    const rule = `You must enter a number that's between 1 and ${maxListed}.`;
    const max = between(input, "MaxResults", 1, maxListed, rule) ?? 1;
    return { Results: this.#tasksOf(source).slice(0, max).map(describe) };
  }

  #cancel(principal: Principal, input: JsonObject): Output {
    const handle = textIn(input, "TaskHandle");
    if (handle === undefined) {
      throw missing("TaskHandle");
    }
    const sourceArn = sourceArnIn(handle);
    this.#options.authorize(principal, "CancelMessageMoveTask", nameIn(sourceArn));
    const source = [...this.#options.queues.values()].find(({ arn }) => arn === sourceArn);
    if (source === undefined) {
      throw noResource("SourceArn");
    }
    const task = this.#tasksOf(source).find((each) => each.handle === handle);
    if (task === undefined) {
      throw notFound("Task does not exist.");
    }
    if (task.status !== "RUNNING") {
      throw new AwsError("UnsupportedOperation", "Only active tasks can be cancelled.");
    }
    task.status = "CANCELLED";
    return { ApproximateNumberOfMessagesMoved: task.moved };
  }

  #tasksOf(source: Queue): readonly MoveTask[] {
    return this.#tasks.get(source.arn) ?? [];
  }

  /** Checks the permissions first, so that only a permitted caller learns whether the queue exists. */
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
    for (const action of actions) {
      authorize(principal, action, nameIn(arn));
    }
    const queue = queues.get(nameIn(arn));
    if (queue?.arn !== arn) {
      throw noResource(parameter);
    }
    return queue;
  }
}

const nameIn = (arn: string): string => arn.split(":").at(-1) ?? "";

function rateIn(input: JsonObject): number | undefined {
  const rule = "You must enter a number that's between 1 and 500.";
  return between(input, "MaxNumberOfMessagesPerSecond", 1, 500, rule);
}

/** The errors of these operations do not repeat the value. */
function between(input: JsonObject, name: string, min: number, max: number, rule: string) {
  const value = input[name] as number | undefined;
  if (value === undefined || (value >= min && value <= max)) {
    return value;
  }
  throw invalidValue(`Value for parameter ${name} is invalid. Reason: ${rule}`);
}

const noResource = (parameter: string): AwsError =>
  notFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);

const notFound = (message: string): AwsError => new AwsError("ResourceNotFoundException", message, 404);
