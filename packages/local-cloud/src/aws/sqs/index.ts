import type { Graph } from "../../base/graph.ts";
import {
  AwsError,
  type Call,
  type Clock,
  type Executor,
  type Principal,
  type Service,
  type Storage,
} from "../../base/service.ts";
import { createUserIds } from "../iam/user-ids.ts";
import { failJson, readJson, sendJson } from "../gateway/json.ts";
import type { Target } from "../targets.ts";
import { type AccessOptions, createAuthorize } from "./access.ts";
import { nonExistent } from "./addresses.ts";
import { jsonCodeOf, queryCodeOf } from "./error-codes.ts";
import { MoveOperations } from "./move-operations.ts";
import { createOperations } from "./operations.ts";
import { Polling } from "./polling.ts";
import { type Queue, readQueues } from "./queues.ts";
import { Requests, type RequestsOptions, type SqsRequest } from "./requests.ts";
import { Running } from "./running.ts";
import { Store } from "./store.ts";

export interface SqsOptions extends AccessOptions {
  readonly graph: Graph;
  readonly storage: Storage;
  readonly clock?: Clock;
  /** Messages of one queue that may be in flight. */
  readonly maxInFlight?: number;
}

export interface Sqs extends Service, Executor, Target {
  /** Ends all long polls and closes the store. */
  stop(): Promise<void>;
}

/** SQS: exactly the declared queues, standard and FIFO. The data folder keeps their messages. */
export function createSqs(options: SqsOptions): Sqs {
  const { graph, accountId, clock = Date.now } = options;
  const queues = new Map(readQueues(graph).map((queue) => [queue.name, queue]));
  const store = new Store(options.storage);
  const polling = new Polling(store, clock, options.maxInFlight);
  const operations = createOperations(store, polling, clock);
  const authorize = createAuthorize(options, queues);
  const moves = new MoveOperations({ queues, store, polling, clock, authorize });
  const senderOf = createUserIds(graph);
  const requests = new Requests({ queues, operations, moves, authorize, senderOf, accountId });
  const running = new Running();
  const run = (request: SqsRequest) => running.track(requests.run(request));

  return {
    scopes: ["sqs"],
    execute: (principal, operation, input, signal) => run({ principal, operation, input, signal }),
    async handle(call) {
      const { target, operation, input } = await readJson(call);
      if (target !== "AmazonSQS") {
        throw new AwsError("UnknownOperationException", `Unknown operation ${target}.${operation}`);
      }
      const { principal, url } = call;
      const signal = abortedAtHangUp(call);
      sendJson(call.response, await run({ principal, operation, input, origin: url.origin, signal }));
    },
    fail(response, error) {
      response.setHeader("x-amzn-query-error", `${queryCodeOf(error)};Sender`);
      const { message, status, details } = error;
      failJson(response, new AwsError(jsonCodeOf(error), message, status, details));
    },
    ...createTarget({ queues, authorize, accountId }, (principal, queue, message) =>
      running.track(requests.send(principal, queue, message)),
    ),
    async stop() {
      moves.stop();
      polling.stop();
      await running.settled();
      store.close();
    },
  };
}

/** Queues as targets of other services. The policy of a queue decides which service may send to it. */
function createTarget(
  { queues, authorize, accountId }: Pick<RequestsOptions, "queues" | "authorize" | "accountId">,
  send: Requests["send"],
): Required<Target> {
  const permitted = (principal: Principal, queueArn: string, sourceArn?: string): Queue => {
    const name = queueArn.split(":").at(-1) ?? "";
    const source = { "aws:sourcearn": sourceArn ?? "", "aws:sourceaccount": accountId };
    authorize(principal, "SendMessage", name, sourceArn === undefined ? {} : source);
    const queue = queues.get(name);
    if (queue === undefined) {
      throw nonExistent();
    }
    return queue;
  };
  return {
    check(principal, queueArn, sourceArn) {
      permitted(principal, queueArn, sourceArn);
    },
    async receive(principal, queueArn, { body, attributes, groupId, deduplicationId }, sourceArn) {
      await send(principal, permitted(principal, queueArn, sourceArn), {
        MessageBody: body,
        MessageAttributes: attributes ?? null,
        MessageGroupId: groupId ?? null,
        MessageDeduplicationId: deduplicationId ?? null,
      });
    },
  };
}

/** Aborts when the client closes the connection, so that a long poll does not receive messages for it. */
function abortedAtHangUp({ response }: Call): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort(new AwsError("RequestAborted", "The client hung up.")));
  return controller.signal;
}
