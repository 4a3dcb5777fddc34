import { type Graph, ofType } from "../../base/graph.ts";
import { failJson, type JsonObject, readJson, sendJson } from "../gateway/json.ts";
import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";
import {
  AwsError,
  type Call,
  type Clock,
  type Executor,
  type Principal,
  type Service,
  type Storage,
} from "../../base/service.ts";
import type { Target } from "../targets.ts";
import { readInput } from "./inputs.ts";
import { Moving } from "./moves.ts";
import { createOperations } from "./operations.ts";
import { invalidValue, missing, pageOf, textIn } from "./parameters.ts";
import { Polling } from "./polling.ts";
import { type Queue, readQueues } from "./queues.ts";
import { openStore } from "./store.ts";

export interface SqsOptions {
  readonly graph: Graph;
  readonly iam: Pick<Iam, "authorize">;
  readonly storage: Storage;
  readonly region: string;
  readonly accountId: string;
  readonly clock?: Clock;
  /** Messages of one queue that may be in flight. */
  readonly mostInFlight?: number;
}

export interface Sqs extends Service, Executor, Target {
  /** Ends all long polls and closes the store. */
  stop(): Promise<void>;
}

/** SQS: exactly the declared standard queues, with their messages kept in the data folder. */
export function createSqs(options: SqsOptions): Sqs {
  const { graph, storage, clock = Date.now } = options;
  const queues = new Map(readQueues(graph).map((queue) => [queue.name, queue]));
  const store = openStore(storage);
  const polling = new Polling(store, clock, options.mostInFlight);
  const operations = createOperations(store, polling, clock);
  const authorize = createAuthorize(options, queues);
  const moving = new Moving({ queues, store, polling, clock, authorize });
  const senderOf = createSender(graph);
  const running = new Set<Promise<unknown>>();

  const listed = (found: readonly Queue[], input: JsonObject, member: string, origin: string | undefined) => {
    const { items, NextToken } = pageOf(found, input);
    const urls = items.map((queue) => urlOf(queue, origin));
    return { ...(urls.length > 0 && { [member]: urls }), ...(NextToken !== undefined && { NextToken }) };
  };

  /** `origin` is where the caller reaches this service, for the URLs in its answer. */
  async function run(
    principal: Principal,
    name: string,
    unread: JsonObject,
    origin?: string,
    signal?: AbortSignal,
  ) {
    const input = readInput(name, unread);
    if (name === "ListQueues") {
      authorize(principal, "ListQueues", "*");
      const prefix = textIn(input, "QueueNamePrefix") ?? "";
      const found = [...queues.values()].filter((queue) => queue.name.startsWith(prefix));
      return listed(found, input, "QueueUrls", origin);
    }
    const moved = moving.run(principal, name, input);
    if (moved !== undefined) {
      return moved;
    }
    const queueName = queueNameIn(name, input, options.accountId);
    authorize(principal, name.replace(/Batch$/, ""), queueName);
    const operation = operations.get(name);
    if (operation === undefined && !ofQueues.has(name)) {
      throw new AwsError("UnsupportedOperation", `${name} is not supported by the local SQS.`);
    }
    const queue = queues.get(queueName);
    if (queue === undefined) {
      throw nonExistent();
    }
    if (operation !== undefined) {
      return operation({ queue, input, sender: senderOf(principal), signal });
    }
    if (name === "GetQueueUrl") {
      return { QueueUrl: urlOf(queue, origin) };
    }
    const sources = [...queues.values()].filter(({ redrive }) => redrive?.deadLetterArn === queue.arn);
    return { queueUrls: [], ...listed(sources, input, "queueUrls", origin) };
  }

  /** Keeps account of what runs, so that the store is closed only after it. */
  async function track<Result>(work: Promise<Result>): Promise<Result> {
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  }

  /** The queue, if a service may send to it on behalf of `sourceArn`. */
  const accepting = (principal: Principal, queueArn: string, sourceArn?: string): Queue => {
    const name = queueArn.split(":").at(-1) ?? "";
    const account = { "aws:sourceaccount": options.accountId };
    authorize(
      principal,
      "SendMessage",
      name,
      sourceArn === undefined ? {} : { "aws:sourcearn": sourceArn, ...account },
    );
    const queue = queues.get(name);
    if (queue === undefined) {
      throw nonExistent();
    }
    return queue;
  };

  return {
    scopes: ["sqs"],
    execute: (principal, operation, input, signal) =>
      track(run(principal, operation, input, undefined, signal)),
    async handle(call) {
      const { target, operation, input } = await readJson(call);
      if (target !== "AmazonSQS") {
        throw new AwsError("UnknownOperationException", `Unknown operation ${target}.${operation}`);
      }
      sendJson(
        call.response,
        await track(run(call.principal, operation, input, call.url.origin, untilGone(call))),
      );
    },
    fail(response, error) {
      response.setHeader("x-amzn-query-error", `${queryCodes.get(error.code) ?? error.code};Sender`);
      const { code, message, status, details } = error;
      failJson(response, new AwsError(jsonCodes.get(code) ?? code, message, status, details));
    },
    check(principal, queueArn, sourceArn) {
      accepting(principal, queueArn, sourceArn);
    },
    async receive(principal, queueArn, message, sourceArn) {
      const queue = accepting(principal, queueArn, sourceArn);
      const send = operations.get("SendMessage");
      if (send === undefined) {
        throw nonExistent();
      }
      const input = readInput("SendMessage", {
        QueueUrl: queue.url,
        MessageBody: message.body,
        MessageAttributes: message.attributes ?? null,
        MessageGroupId: message.groupId ?? null,
        MessageDeduplicationId: message.deduplicationId ?? null,
      });
      await track(Promise.resolve(send({ queue, input, sender: senderOf(principal) })));
    },
    async stop() {
      moving.stop();
      polling.stop();
      await Promise.allSettled(running);
      store.close();
    },
  };
}

/** What the older query protocol calls these errors, which SDKs report as `Code`, and the JSON protocol's own names. */
const queryCodes = new Map([
  ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
  ["AccessDeniedException", "AccessDenied"],
  ...[
    "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong",
    "EmptyBatchRequest",
    "InvalidBatchEntryId",
    "MessageNotInflight",
    "PurgeQueueInProgress",
    "TooManyEntriesInBatchRequest",
    "UnsupportedOperation",
  ].map((code) => [code, `AWS.SimpleQueueService.${code}`] as const),
]);

const jsonCodes = new Map([
  ["InvalidParameterValue", "InvalidParameterValueException"],
  ["MissingParameter", "MissingRequiredParameterException"],
]);

/** What is said of a queue in terms of other queues or its URL. */
export const ofQueues: ReadonlySet<string> = new Set(["GetQueueUrl", "ListDeadLetterSourceQueues"]);

const urlOf = (queue: Queue, origin: string | undefined): string =>
  origin === undefined ? queue.url : `${origin}${new URL(queue.url).pathname}`;

function createAuthorize({ iam, region, accountId }: SqsOptions, queues: ReadonlyMap<string, Queue>) {
  return (principal: Principal, action: string, queueName: string, context: Record<string, string> = {}) => {
    const resource = queueName === "*" ? "*" : `arn:aws:sqs:${region}:${accountId}:${queueName}`;
    const resourcePolicy = queues.get(queueName)?.policy;
    deniedAs("AccessDeniedException", 403, () =>
      iam.authorize({ principal, action: `sqs:${action}`, resource, context, resourcePolicy }),
    );
  };
}

/** `SenderId`: a role's id with its session's name, or the service's name. */
function createSender(graph: Graph): (principal: Principal) => string {
  const ids = new Map(
    ofType(graph, "aws:iam/role:Role").map(({ outputs }) => [outputs.arn, outputs.uniqueId]),
  );
  return (principal) =>
    principal.kind === "service"
      ? principal.service
      : `${ids.get(principal.roleArn) ?? ""}:${principal.sessionArn.split("/").at(-1) ?? ""}`;
}

/** A queue is known by the path of its URL, whichever host that names: the program's, or this front door's. */
function queueNameIn(operation: string, input: JsonObject, accountId: string): string {
  if (operation === "GetQueueUrl" || operation === "CreateQueue") {
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

/** A client that hangs up must not be handed messages. */
function untilGone({ response }: Call): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort(new AwsError("RequestAborted", "The client hung up.")));
  return controller.signal;
}

function nonExistent(): AwsError {
  return new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
}
