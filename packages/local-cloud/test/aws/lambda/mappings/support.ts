import { afterEach } from "@jest/globals";
import { createIam } from "../../../../src/aws/iam/index.ts";
import {
  createEventSourceMappings,
  type EventSourceMappings,
} from "../../../../src/aws/lambda/mappings/index.ts";
import type { Invocation, Storage } from "../../../../src/base/service.ts";
import type { InputsOf, Resource } from "../../../../src/base/graph.ts";
import { allow, graphOf, queue, resource, role, table, temporaryStorage } from "../../graph.ts";
import { declared, lambdaFunction, type RecordingLog, recordingLog } from "../support.ts";
import { FakeQueues } from "./fake-queues.ts";
import { FakeStreams } from "./fake-streams.ts";

type Answer = Invocation | Promise<Invocation>;
/** Stands for the function: gets the event's records. */
type Handler = (records: readonly EventRecord[]) => Answer;

export interface EventRecord {
  readonly messageId: string;
  readonly body: string;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly NewImage: { readonly pk: { S: string }; readonly n: { N: string } };
  };
  readonly [key: string]: unknown;
}

type Inputs = Partial<InputsOf["aws:lambda/eventSourceMapping:EventSourceMapping"]>;

export const jobs = queue("jobs");
export const dead = queue("dead");
export const kept = resource("aws:s3/bucket:Bucket", "kept", {}, { arn: "arn:aws:s3:::kept" });
export const items = table("items", {
  attributes: [{ name: "pk", type: "S" }],
  hashKey: "pk",
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
});

const streamArn = items.outputs["streamArn" as "arn"];

export const queueAccess = allow(
  ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  jobs.outputs.arn,
);
export const streamAccess = allow(
  ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
  streamArn,
);

export function mapping(inputs: Inputs): Resource {
  return declared("aws:lambda/eventSourceMapping:EventSourceMapping", "map", {
    functionName: "fn",
    ...inputs,
  });
}

export const ofQueue = (inputs: Inputs = {}): Resource =>
  mapping({ eventSourceArn: jobs.outputs.arn, ...inputs });
export const ofStream = (inputs: Inputs = {}): Resource =>
  mapping({ eventSourceArn: streamArn, startingPosition: "TRIM_HORIZON", ...inputs });
export const toBucket = { onFailure: { destinationArn: kept.outputs.arn } };
export const onFailure = { onFailure: { destinationArn: dead.outputs.arn } };

export interface Setup {
  readonly mappings: readonly Resource[];
  readonly handler?: Handler;
  readonly statements?: readonly object[];
  readonly functionInputs?: Parameters<typeof lambdaFunction>[2];
  readonly streams?: FakeStreams;
  /** Whether the bucket takes no object. */
  readonly full?: boolean;
  readonly policies?: readonly Resource[];
  readonly queues?: FakeQueues;
  readonly storage?: Storage;
  readonly clock?: () => number;
  readonly drainMs?: number;
}

export interface Opened extends EventSourceMappings {
  readonly queues: FakeQueues;
  readonly streams: FakeStreams;
  readonly log: RecordingLog;
  /** What the bucket `kept` was given, and by which role. */
  readonly objects: readonly { readonly role: string; readonly key: string; readonly body: string }[];
  /** The records of each event that the function got. */
  readonly events: readonly (readonly EventRecord[])[];
}

const running: EventSourceMappings[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

/** Mappings to a function `fn` that is a handler of the test's; stopped when the test ends. */
export function open(setup: Setup): Opened {
  const {
    queues = new FakeQueues(),
    streams = new FakeStreams("shard-0"),
    storage = temporaryStorage(),
  } = setup;
  const statements = setup.statements ?? [
    queueAccess,
    streamAccess,
    allow("sqs:SendMessage", dead.outputs.arn),
    allow("s3:ListBucket", "arn:aws:s3:::kept"),
    allow("s3:PutObject", "arn:aws:s3:::kept/aws/lambda/*"),
  ];
  const graph = graphOf(
    jobs,
    dead,
    kept,
    items,
    ...(setup.policies ?? []),
    ...role("fn-role", ...statements),
    lambdaFunction("fn", "", setup.functionInputs),
    ...setup.mappings,
  );
  const events: (readonly EventRecord[])[] = [];
  const objects: Opened["objects"][number][] = [];
  const log = recordingLog();
  const created = createEventSourceMappings({
    graph,
    iam: createIam(graph, storage),
    invoker: {
      invoke: async (_principal, _arn, event) => {
        const { Records } = event as { readonly Records: readonly EventRecord[] };
        events.push(Records);
        return {
          requestId: `request-${events.length}`,
          ...(await (setup.handler?.(Records) ?? { payload: null })),
        };
      },
    },
    sqs: queues,
    s3: {
      write(principal, bucket, key, body) {
        if (setup.full || bucket !== kept.id) {
          return Promise.reject(new Error("SlowDown"));
        }
        objects.push({ role: principal.kind === "role" ? principal.roleArn : principal.service, key, body });
        return Promise.resolve();
      },
    },
    dynamodb: streams,
    storage,
    clock: setup.clock ?? Date.now,
    log,
    pollMs: 20,
    backoff: () => 1,
    ...(setup.drainMs !== undefined && { drainMs: setup.drainMs }),
  });
  running.push(created);
  return { ...created, queues, streams, log, objects, events };
}

export const failure: Invocation = { error: { errorType: "Error", errorMessage: "no" } };
export const partial = (...ids: readonly unknown[]): Invocation => ({
  payload: { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) },
});
export const sequences = (records: readonly EventRecord[]): string[] =>
  records.map(({ dynamodb }) => dynamodb.SequenceNumber);
export const numbers = (records: readonly EventRecord[]): number[] =>
  records.map(({ dynamodb }) => Number(dynamodb.NewImage.n.N));

/** Items 1, 2, 3, each with a key of its own. */
export function write(streams: FakeStreams, count: number, from = 1): void {
  for (let n = from; n < from + count; n++) {
    streams.write(`key-${n}`, n);
  }
}
