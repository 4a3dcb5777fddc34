import type { Graph } from "../../base/graph.ts";
import { type Meter, noMeter } from "../../base/meter.ts";
import { type Metrics, noMetrics } from "../../base/metrics.ts";
import type { Clock, Executor, Service, Storage } from "../../base/service.ts";
import { nonExistent } from "./addresses.ts";
import { createUserIds } from "../iam/user-ids.ts";
import type { Target } from "../targets.ts";
import { type AccessOptions, createAuthorize } from "./access.ts";
import { MoveOperations } from "./move-operations.ts";
import { createOperations } from "./operations.ts";
import { Polling } from "./polling.ts";
import { answer, fail } from "./protocols.ts";
import { readQueues } from "./queues.ts";
import { Requests, type SqsRequest } from "./requests.ts";
import { Running } from "./running.ts";
import { type PeekedMessage, Store } from "./store.ts";
import { countRequests, putGauges } from "./metered.ts";
import { createTarget } from "./target.ts";

export interface SqsOptions extends AccessOptions {
  readonly graph: Graph;
  readonly storage: Storage;
  readonly clock?: Clock;
  readonly meter?: Meter | undefined;
  readonly metrics?: Metrics | undefined;
  /** Messages of one queue that may be in flight. */
  readonly maxInFlight?: number;
}

export interface Sqs extends Service, Executor, Target {
  /** The oldest messages of a queue, without receiving them. Throws for a queue that is not declared. */
  peek(queueName: string, max: number): readonly PeekedMessage[];
  /** Puts the metrics of the queues as they are at a time. */
  sample(at: number): void;
  /** Ends all long polls and closes the store. */
  stop(): Promise<void>;
}

/** SQS: exactly the declared queues, standard and FIFO. The data folder keeps their messages. */
export function createSqs(options: SqsOptions): Sqs {
  const { graph, accountId, clock = Date.now, metrics = noMetrics } = options;
  const queues = new Map(readQueues(graph).map((queue) => [queue.name, queue]));
  const store = new Store(options.storage);
  const polling = new Polling(store, clock, options.maxInFlight);
  const operations = createOperations(store, polling, clock);
  const authorize = createAuthorize(options, queues);
  const moves = new MoveOperations({ queues, store, polling, clock, authorize });
  const senderOf = createUserIds(graph);
  const count = countRequests(options.meter ?? noMeter, metrics);
  const requests = new Requests({ queues, operations, moves, authorize, senderOf, accountId, count });
  const running = new Running();
  const run = (request: SqsRequest) => running.track(requests.run(request));

  return {
    scopes: ["sqs"],
    execute: (principal, operation, input, signal) => run({ principal, operation, input, signal }),
    handle: (call) => answer(call, run),
    fail,
    peek(queueName, max) {
      const queue = queues.get(queueName);
      if (!queue) {
        throw nonExistent();
      }
      return store.peek(queue, max, clock());
    },
    ...createTarget({ queues, authorize, accountId }, (principal, queue, message) =>
      running.track(requests.send(principal, queue, message)),
    ),
    sample: (at) => putGauges(metrics, queues.values(), store, at),
    async stop() {
      moves.stop();
      polling.stop();
      await running.settled();
      store.close();
    },
  };
}
