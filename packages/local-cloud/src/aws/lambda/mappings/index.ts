import type { Graph } from "../../../base/graph.ts";
import { type Metrics } from "../../../base/metrics.ts";
import { allIdle, Work } from "../../../base/parts.ts";
import type { Clock, Executor, Log, Principal, Storage } from "../../../base/service.ts";
import type { Iam } from "../../iam/index.ts";
import type { S3 } from "../../s3/index.ts";
import type { Lambda } from "../index.ts";
import { requireAccess } from "./access.ts";
import { Bell } from "./bell.ts";
import { Checkpoints } from "./checkpoints.ts";
import { QueuePoller } from "./queue.ts";
import { type Backoff, exponential, pause } from "./retry.ts";
import { type Mapping, mappingsOf } from "./settings.ts";
import { StreamPoller } from "./stream.ts";

export interface EventSourceMappingsOptions {
  readonly graph: Graph;
  readonly iam: Iam;
  readonly invoker: Pick<Lambda, "invoke">;
  readonly sqs: Executor;
  /** For the failed records of streams. */
  readonly s3: Pick<S3, "write">;
  readonly dynamodb: Executor & {
    /** Calls the listener after writes, with the names of the tables. Returns a function that ends this. */
    readonly onWrite: (listener: (tables: readonly string[]) => void) => () => void;
  };
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
  /** How often streams are read without a write here, for other writers to the engine. Default: one second. */
  readonly pollMs?: number | undefined;
  readonly backoff?: Backoff | undefined;
  /** How long `stop` waits for running functions. Default: ten seconds. */
  readonly drainMs?: number | undefined;
}

export interface EventSourceMappings {
  readonly start: () => void;
  /** Receives no further batch. Returns when the current ones have ended, or after `drainMs`. */
  readonly stop: () => Promise<void>;
  /** Settles when all sources are empty and no batch is being delivered. */
  readonly idle: () => Promise<void>;
  /** How many deliveries of batches have begun and ended. */
  readonly work: () => number;
}

interface Poller {
  run(): Promise<void>;
  idle(): Promise<void>;
}

/**
 * The event source mappings of the graph: pollers that deliver from queues and streams to functions. Throws
 * `InvalidInput` with the mapping and its input for what AWS refuses.
 */
export function createEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappings {
  const checkpoints = new Checkpoints(options.storage);
  const stopping = new AbortController();
  const bells = new Map<string, Bell>();
  const work = new Work();
  const pollers = mappingsOf(options.graph).map((mapping) => {
    const principal = requireAccess(mapping, options);
    const invoke = (event: unknown) => options.invoker.invoke(lambda, mapping.configuration.arn, event);
    const own = { principal, invoke, work, checkpoints, bells, signal: stopping.signal };
    return createPoller(mapping, own, options);
  });
  let running: Promise<unknown> = Promise.resolve();
  let unsubscribe: (() => void) | undefined;
  return {
    start() {
      unsubscribe = options.dynamodb.onWrite((tables) => tables.forEach((table) => bells.get(table)?.ring()));
      running = Promise.all(pollers.map((poller) => poller.run()));
    },
    async stop() {
      unsubscribe?.();
      stopping.abort();
      await drain(running, options);
      checkpoints.close();
    },
    // A function may write to the source of another mapping.
    idle: () => allIdle(pollers, () => work.count),
    work: () => work.count,
  };
}

const lambda: Principal = { kind: "service", service: "lambda.amazonaws.com" };

async function drain(
  running: Promise<unknown>,
  { log, drainMs = 10_000 }: EventSourceMappingsOptions,
): Promise<void> {
  const drained = new AbortController();
  const late = pause(drainMs, drained.signal).then(() => {
    if (!drained.signal.aborted) {
      log.warn("functions still run: their records are delivered again after the next start");
    }
  });
  await Promise.race([running, late]);
  drained.abort();
}

interface PollerParts {
  readonly principal: Principal;
  readonly invoke: (event: unknown) => ReturnType<Lambda["invoke"]>;
  readonly work: Work;
  readonly checkpoints: Checkpoints;
  /** By the name of the table. */
  readonly bells: Map<string, Bell>;
  readonly signal: AbortSignal;
}

function createPoller(mapping: Mapping, own: PollerParts, options: EventSourceMappingsOptions): Poller {
  const { pollMs = 1000, backoff = exponential } = options;
  if (mapping.source === "sqs") {
    return new QueuePoller({ ...options, ...own, mapping, backoff });
  }
  const written = own.bells.get(mapping.tableName) ?? new Bell();
  own.bells.set(mapping.tableName, written);
  return new StreamPoller({ ...options, ...own, mapping, written, pollMs, backoff });
}
