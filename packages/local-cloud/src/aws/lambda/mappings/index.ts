import { ACCOUNT_ID, type Graph, ofType } from "../../../base/graph.ts";
import type { Iam } from "../../iam/index.ts";
import {
  AwsError,
  type Clock,
  type Executor,
  type Log,
  type Principal,
  type Storage,
} from "../../../base/service.ts";
import type { S3 } from "../../s3/index.ts";
import type { Lambda } from "../index.ts";
import { Bell } from "./bell.ts";
import { Checkpoints } from "./checkpoints.ts";
import { objectPrefix } from "./failure.ts";
import { QueuePoller } from "./queue.ts";
import { type Backoff, exponential, pause } from "./retry.ts";
import { type Mapping, mappingsOf } from "./settings.ts";
import { StreamPoller } from "./stream.ts";

export interface EventSourceMappingsOptions {
  readonly graph: Graph;
  readonly iam: Iam;
  readonly invoker: Pick<Lambda, "invoke">;
  readonly sqs: Executor;
  /** Takes the records that a stream's mapping gives up. */
  readonly s3: Pick<S3, "write">;
  readonly dynamodb: Executor & {
    /** Calls back after writes with the names of the tables; returns what ends it. */
    readonly onWrite: (listener: (tables: readonly string[]) => void) => () => void;
  };
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  /** How often streams are looked at for writers that do not pass through here. Default one second. */
  readonly pollMs?: number | undefined;
  readonly backoff?: Backoff | undefined;
  /** How long `stop` waits for running functions. Default ten seconds. */
  readonly drainMs?: number | undefined;
}

export interface EventSourceMappings {
  readonly start: () => void;
  /** Takes no further batch, and returns when running ones have ended or `drainMs` has passed. */
  readonly stop: () => Promise<void>;
  /** Settles when no source has anything to hand out now and nothing is under way: for tests. */
  readonly idle: () => Promise<void>;
}

interface Poller {
  run(): Promise<void>;
  idle(): Promise<void>;
}

/** What Lambda does to each source with the function's role. */
const ACTIONS = {
  sqs: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  dynamodb: [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
  ],
} as const;

/**
 * The pollers between queues or streams and functions. Throws, naming the mapping, for what AWS would refuse:
 * a wrong setting, or a function's role that may not read its source.
 */
export function createEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappings {
  const { log, drainMs = 10_000 } = options;
  const mappings = mappingsOf(options.graph);
  const checkpoints = new Checkpoints(options.storage);
  const stopping = new AbortController();
  const pollers: Poller[] = [];
  const bells = new Map<string, Bell>();
  let invocations = 0;
  for (const mapping of mappings) {
    const principal = requireAccess(mapping, options);
    const invoke = (event: unknown) => {
      invocations++;
      return options.invoker.invoke(
        { kind: "service", service: "lambda.amazonaws.com" },
        mapping.configuration.arn,
        event,
      );
    };
    pollers.push(
      pollerOf(mapping, { principal, invoke, checkpoints, bells, signal: stopping.signal }, options),
    );
  }
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
      const drained = new AbortController();
      const late = pause(drainMs, drained.signal).then(() => {
        if (!drained.signal.aborted) {
          log.warn("functions still run: their records come again at the next start");
        }
      });
      await Promise.race([running, late]);
      drained.abort();
      checkpoints.close();
    },
    async idle() {
      // One mapping's function may feed another's source: all must be idle with nothing invoked meanwhile.
      let before: number;
      do {
        before = invocations;
        for (const poller of pollers) {
          await poller.idle();
        }
      } while (invocations !== before);
    },
  };
}

function pollerOf(
  mapping: Mapping,
  own: {
    readonly principal: Principal;
    readonly invoke: (event: unknown) => ReturnType<Lambda["invoke"]>;
    readonly checkpoints: Checkpoints;
    readonly bells: Map<string, Bell>;
    readonly signal: AbortSignal;
  },
  options: EventSourceMappingsOptions,
): Poller {
  const { pollMs = 1000, backoff = exponential } = options;
  if (mapping.source === "sqs") {
    return new QueuePoller({ ...options, ...own, mapping, backoff });
  }
  const written = own.bells.get(mapping.tableName) ?? new Bell();
  own.bells.set(mapping.tableName, written);
  return new StreamPoller({ ...options, ...own, mapping, written, pollMs, backoff });
}

/**
 * The function's role as the poller of its source uses it: outside of the function, and so without `aws:SourceArn`,
 * which Lambda documents for calls of the function alone. Throws `InvalidParameterValueException`, naming action and
 * role.
 */
function requireAccess(mapping: Mapping, { graph, iam }: EventSourceMappingsOptions): Principal {
  const { configuration, sourceArn } = mapping;
  const principal = pollersRole(mapping, iam);
  const require = (action: string, resource: string): void => {
    try {
      const resourcePolicy = policyOf(graph, resource);
      const context = action.startsWith("s3:") ? { "s3:resourceaccount": ACCOUNT_ID } : {};
      iam.authorize({ principal, action, resource, resourcePolicy, context });
    } catch (error) {
      throw new AwsError(
        "InvalidParameterValueException",
        `Event source mapping ${mapping.name}: the function's role ${configuration.roleArn} may not call ${action} on ${resource}: ${String(error)}`,
      );
    }
  };
  for (const action of ACTIONS[mapping.source]) {
    require(action, sourceArn);
  }
  if (mapping.source === "dynamodb" && mapping.onFailure) {
    const { kind, arn } = mapping.onFailure;
    if (kind === "queue") {
      require("sqs:SendMessage", arn);
    } else {
      require("s3:ListBucket", arn);
      require("s3:PutObject", `${arn}/${objectPrefix(mapping)}`);
    }
  }
  return principal;
}

function pollersRole({ name, configuration: { roleArn } }: Mapping, iam: Iam): Principal {
  try {
    return iam.assume(roleArn, "lambda.amazonaws.com");
  } catch (error) {
    throw new AwsError(
      "InvalidParameterValueException",
      `Event source mapping ${name}: Lambda cannot take the role ${roleArn} to poll the source, for which it may name no aws:SourceArn: ${String(error)}`,
    );
  }
}

/** The policy on a queue, or on an object's bucket. */
function policyOf(graph: Graph, resource: string): string | undefined {
  const [arn] = resource.split("/", 1);
  const queue = ofType(graph, "aws:sqs/queue:Queue").find(({ outputs }) => outputs.arn === arn);
  const bucket = ofType(graph, "aws:s3/bucket:Bucket").find(({ outputs }) => outputs.arn === arn);
  const found = [
    ...ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").filter(({ inputs }) => inputs.queueUrl === queue?.id),
    ...ofType(graph, "aws:s3/bucketPolicy:BucketPolicy").filter(({ inputs }) => inputs.bucket === bucket?.id),
  ];
  return found[0]?.inputs.policy;
}
