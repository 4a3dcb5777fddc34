import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../../base/service.ts";
import { invalidValue, missing, textIn } from "./parameters.ts";
import type { Queue } from "./queues.ts";

/** The queue's URL at `origin`, or its URL on AWS. */
export const urlOf = (queue: Queue, origin: string | undefined): string =>
  origin === undefined ? queue.url : `${origin}${new URL(queue.url).pathname}`;

/** The name of the queue that a request is about. The host of a queue's URL does not matter. */
export function queueNameIn(operation: string, input: JsonObject, accountId: string): string {
  return operation === "GetQueueUrl" || operation === "CreateQueue"
    ? nameIn(input, accountId)
    : nameInUrl(input, accountId);
}

function nameIn(input: JsonObject, accountId: string): string {
  const name = textIn(input, "QueueName");
  if (name === undefined) {
    throw missing("QueueName");
  }
  if (name === "") {
    throw invalidValue("Value for parameter QueueName is invalid. Reason: Must specify a queue name.");
  }
  if ((textIn(input, "QueueOwnerAWSAccountId") ?? accountId) !== accountId) {
    throw nonExistent();
  }
  return name;
}

function nameInUrl(input: JsonObject, accountId: string): string {
  const url = textIn(input, "QueueUrl") ?? "";
  if (url === "") {
    throw missing("QueueUrl");
  }
  const [, account, name] = /^(?:https?:\/\/[^/]+)?\/(\d{12})\/([\w.-]+)$/.exec(url) ?? [];
  if (account === undefined || name === undefined) {
    throw new AwsError("InvalidAddress", `The address ${url} is not valid for this endpoint.`, 404);
  }
  if (account !== accountId) {
    throw nonExistent();
  }
  return name;
}

export function nonExistent(): AwsError {
  return new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
}
