import type { JsonObject } from "../gateway/json.ts";
import { AwsError, type Principal } from "../../base/service.ts";
import type { Authorize } from "./access.ts";
import { nonExistent, queueNameIn, urlOf } from "./addresses.ts";
import { readInput } from "./inputs.ts";
import type { Count } from "./metered.ts";
import type { MoveOperations } from "./move-operations.ts";
import type { Output } from "./operation.ts";
import type { Operations } from "./operations.ts";
import { pageOf, textIn } from "./parameters.ts";
import type { Queue } from "./queues.ts";

export interface RequestsOptions {
  readonly queues: ReadonlyMap<string, Queue>;
  readonly operations: Operations;
  readonly moves: MoveOperations;
  readonly authorize: Authorize;
  readonly senderOf: (principal: Principal) => string;
  readonly accountId: string;
  /** Counts what AWS would charge for an answered request. */
  readonly count: Count;
}

export interface SqsRequest {
  readonly principal: Principal;
  readonly operation: string;
  readonly input: JsonObject;
  /** Where the caller reaches this service, for the URLs in its answer. Undefined: the URLs on AWS. */
  readonly origin?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Operations whose answer needs the URL of a queue, or the other queues. */
export const operationsOnUrls: ReadonlySet<string> = new Set(["GetQueueUrl", "ListDeadLetterSourceQueues"]);

/** Finds the queue and the operation of a request, checks the permission, and runs it. */
export class Requests {
  readonly #options: RequestsOptions;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  async run(request: SqsRequest): Promise<Output> {
    const { principal, operation } = request;
    const input = readInput(operation, request.input);
    if (operation === "ListQueues") {
      return this.#listQueues({ ...request, input });
    }
    return (
      this.#options.moves.run(principal, operation, input) ?? (await this.#runOnQueue({ ...request, input }))
    );
  }

  /** Sends a message on behalf of a service whose permission is checked already. */
  async send(principal: Principal, queue: Queue, message: JsonObject): Promise<void> {
    const { operations, senderOf, count } = this.#options;
    const input = readInput("SendMessage", { QueueUrl: queue.url, ...message });
    await operations.SendMessage({ queue, input, sender: senderOf(principal) });
    count(queue, "SendMessage", input, {});
  }

  #listQueues({ principal, input, origin }: SqsRequest): Output {
    const { queues, authorize } = this.#options;
    authorize(principal, "ListQueues", "*");
    const prefix = textIn(input, "QueueNamePrefix") ?? "";
    const found = [...queues.values()].filter(({ name }) => name.startsWith(prefix));
    return pageOfUrls(found, input, "QueueUrls", origin);
  }

  async #runOnQueue({ principal, operation: name, input, origin, signal }: SqsRequest): Promise<Output> {
    const { queues, operations, authorize, senderOf, accountId, count } = this.#options;
    const queueName = queueNameIn(name, input, accountId);
    authorize(principal, name.replace(/Batch$/, ""), queueName);
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined && !operationsOnUrls.has(name)) {
      throw new AwsError("UnsupportedOperation", `${name} is not supported by the local SQS.`);
    }
    const queue = queues.get(queueName);
    if (queue === undefined) {
      throw nonExistent();
    }
    if (operation !== undefined) {
      const output = await operation({ queue, input, sender: senderOf(principal), signal });
      // In process, only `idle` of an event source mapping asks for attributes. Lambda does not.
      if (origin !== undefined || name !== "GetQueueAttributes") {
        count(queue, name, input, output);
      }
      return output;
    }
    count(queue, name, input, {});
    if (name === "GetQueueUrl") {
      return { QueueUrl: urlOf(queue, origin) };
    }
    const sources = [...queues.values()].filter(({ redrive }) => redrive?.deadLetterArn === queue.arn);
    return { queueUrls: [], ...pageOfUrls(sources, input, "queueUrls", origin) };
  }
}

/** SQS leaves an empty list out. */
function pageOfUrls(
  found: readonly Queue[],
  input: JsonObject,
  member: "QueueUrls" | "queueUrls",
  origin: string | undefined,
): Output {
  const { items, NextToken } = pageOf(found, input);
  const urls = items.map((queue) => urlOf(queue, origin));
  return { ...(urls.length > 0 && { [member]: urls }), ...(NextToken !== undefined && { NextToken }) };
}
