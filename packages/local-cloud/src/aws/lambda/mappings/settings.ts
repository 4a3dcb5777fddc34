import { type Graph, ofType, type ResourceOf } from "../../../base/graph.ts";
import { refuse } from "../../../base/refusal.ts";
import { type FunctionConfiguration, functionsOf } from "../configuration.ts";
import { resolveFunction } from "../permissions.ts";
import { compileFilter, type Filter } from "./filter.ts";

type Declared = ResourceOf<"aws:lambda/eventSourceMapping:EventSourceMapping">;

interface Common {
  /** Identifies the mapping across restarts. */
  readonly urn: string;
  readonly uuid: string;
  readonly name: string;
  readonly configuration: FunctionConfiguration;
  readonly sourceArn: string;
  readonly region: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly filter: Filter;
  /** `ReportBatchItemFailures` is declared. */
  readonly reportsFailures: boolean;
}

export interface QueueMapping extends Common {
  readonly source: "sqs";
  readonly queue: Queue;
  /** A FIFO queue: messages after a failed message wait for it. */
  readonly ordered: boolean;
  readonly maximumConcurrency: number;
}

export interface StreamMapping extends Common {
  readonly source: "dynamodb";
  readonly tableName: string;
  readonly hashKey: string;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  readonly parallelization: number;
  readonly bisect: boolean;
  /** Infinity: until the record expires. */
  readonly maximumRetries: number;
  readonly maximumAgeMs: number;
  readonly onFailure: Destination | undefined;
}

/** Where failed records go: a bucket gets the records themselves, a queue gets their positions. */
export type Destination =
  | (Queue & { readonly kind: "queue" })
  | { readonly kind: "bucket"; readonly arn: string; readonly name: string };

export type Mapping = QueueMapping | StreamMapping;

interface Queue {
  readonly arn: string;
  readonly url: string;
}

/** SQS pollers begin with five batches at once: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const INITIAL_CONCURRENCY = 5;

const REFUSED = [
  "amazonManagedKafkaEventSourceConfig",
  "documentDbEventSourceConfig",
  "provisionedPollerConfig",
  "queues",
  "selfManagedEventSource",
  "selfManagedKafkaEventSourceConfig",
  "sourceAccessConfigurations",
  "startingPositionTimestamp",
  "topics",
  "tumblingWindowInSeconds",
] as const;

/** The enabled mappings of the graph. Throws `InvalidInput` with the mapping and its input. */
export function mappingsOf(graph: Graph): readonly Mapping[] {
  const functions = functionsOf(graph);
  return ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping")
    .filter(({ inputs }) => inputs.enabled ?? true)
    .map((declared) => mappingOf(declared, graph, functions));
}

function mappingOf(
  declared: Declared,
  graph: Graph,
  functions: ReadonlyMap<string, FunctionConfiguration>,
): Mapping {
  const { inputs, name, urn } = declared;
  for (const feature of REFUSED) {
    if (inputs[feature] !== undefined) {
      refuse(declared, feature, "is not supported locally");
    }
  }
  const sourceArn = inputs.eventSourceArn ?? "";
  const [, , service, region = ""] = sourceArn.split(":");
  const source = service === "sqs" || service === "dynamodb" ? service : undefined;
  if (!source) {
    return refuse(
      declared,
      "eventSourceArn",
      `is ${sourceArn}; only SQS queues and DynamoDB streams are supported locally`,
    );
  }
  const common = {
    urn,
    uuid: declared.id,
    name,
    sourceArn,
    region,
    configuration: resolveFunction(inputs.functionName, functions),
    windowMs: within(declared, "maximumBatchingWindowInSeconds", 0, 0, 300) * 1000,
    filter: filterOf(declared, source),
    reportsFailures: inputs.functionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
  };
  return source === "sqs" ? queueMapping(declared, graph, common) : streamMapping(declared, graph, common);
}

function queueMapping(declared: Declared, graph: Graph, common: Omit<Common, "batchSize">): QueueMapping {
  const { inputs } = declared;
  for (const input of [
    "startingPosition",
    "bisectBatchOnFunctionError",
    "parallelizationFactor",
    "destinationConfig",
    "maximumRetryAttempts",
    "maximumRecordAgeInSeconds",
  ] as const) {
    if (inputs[input] !== undefined) {
      refuse(declared, input, "is only for streams; this source is a queue");
    }
  }
  const { configuration, sourceArn, windowMs } = common;
  const declaredQueue = ofType(graph, "aws:sqs/queue:Queue").find(({ outputs }) => outputs.arn === sourceArn);
  if (!declaredQueue) {
    return refuse(declared, "eventSourceArn", `names no declared queue: ${sourceArn}`);
  }
  const ordered = declaredQueue.inputs.fifoQueue === true;
  if (ordered && windowMs > 0) {
    refuse(declared, "maximumBatchingWindowInSeconds", "is not supported for FIFO queues");
  }
  const batchSize = within(declared, "batchSize", 10, 1, ordered ? 10 : 10_000);
  if (batchSize > 10 && windowMs === 0) {
    refuse(declared, "batchSize", "over 10 needs maximumBatchingWindowInSeconds of 1 or more");
  }
  const visibilityMs = (declaredQueue.inputs.visibilityTimeoutSeconds ?? 30) * 1000;
  if (visibilityMs < configuration.timeoutMs) {
    refuse(
      declared,
      "eventSourceArn",
      `Queue visibility timeout: ${visibilityMs / 1000} seconds is less than Function timeout: ${configuration.timeoutMs / 1000} seconds`,
    );
  }
  const concurrency = inputs.scalingConfig?.maximumConcurrency ?? INITIAL_CONCURRENCY;
  if (inputs.scalingConfig && (concurrency < 2 || concurrency > 1000)) {
    refuse(declared, "scalingConfig", `maximumConcurrency is ${concurrency}; it must be from 2 to 1000`);
  }
  return {
    ...common,
    source: "sqs",
    batchSize,
    queue: { arn: sourceArn, url: declaredQueue.id },
    ordered,
    maximumConcurrency: concurrency,
  };
}

function streamMapping(declared: Declared, graph: Graph, common: Omit<Common, "batchSize">): StreamMapping {
  const { inputs } = declared;
  if (inputs.scalingConfig !== undefined) {
    refuse(declared, "scalingConfig", "is only for queues; this source is a stream");
  }
  const [, tableName = ""] = /:table\/([^/]+)\/stream\//.exec(common.sourceArn) ?? [];
  const table = ofType(graph, "aws:dynamodb/table:Table").find(({ outputs }) => outputs.name === tableName);
  if (!table?.inputs.streamEnabled) {
    return refuse(declared, "eventSourceArn", `names no declared stream: ${common.sourceArn}`);
  }
  const position = inputs.startingPosition;
  if (position !== "TRIM_HORIZON" && position !== "LATEST") {
    return refuse(
      declared,
      "startingPosition",
      `is ${position ?? "missing"}; it must be TRIM_HORIZON or LATEST`,
    );
  }
  const retries = within(declared, "maximumRetryAttempts", -1, -1, 10_000);
  const age = within(declared, "maximumRecordAgeInSeconds", -1, -1, 604_800);
  if (age !== -1 && age < 60) {
    refuse(declared, "maximumRecordAgeInSeconds", `is ${age}; it must be -1 or at least 60`);
  }
  return {
    ...common,
    source: "dynamodb",
    batchSize: within(declared, "batchSize", 100, 1, 10_000),
    tableName,
    hashKey: table.inputs.hashKey ?? "",
    startingPosition: position,
    parallelization: within(declared, "parallelizationFactor", 1, 1, 10),
    bisect: inputs.bisectBatchOnFunctionError ?? false,
    maximumRetries: retries === -1 ? Infinity : retries,
    maximumAgeMs: age === -1 ? Infinity : age * 1000,
    onFailure: onFailureOf(declared, graph),
  };
}

function onFailureOf(declared: Declared, graph: Graph): Destination | undefined {
  const arn = declared.inputs.destinationConfig?.onFailure?.destinationArn;
  if (arn === undefined) {
    return undefined;
  }
  const bucket = ofType(graph, "aws:s3/bucket:Bucket").find(({ outputs }) => outputs.arn === arn);
  if (bucket) {
    return { kind: "bucket", arn, name: bucket.id };
  }
  const queue = ofType(graph, "aws:sqs/queue:Queue").find(({ outputs }) => outputs.arn === arn);
  if (!queue) {
    return refuse(declared, "destinationConfig", `names no declared queue or bucket: ${arn}`);
  }
  if (queue.inputs.fifoQueue) {
    return refuse(declared, "destinationConfig", `must not be a FIFO queue: ${arn}`);
  }
  return { kind: "queue", arn, url: queue.id };
}

function filterOf(declared: Declared, source: "sqs" | "dynamodb"): Filter {
  const patterns = (declared.inputs.filterCriteria?.filters ?? []).map(({ pattern }) => pattern ?? "");
  try {
    return compileFilter(patterns, source);
  } catch (error) {
    return refuse(declared, "filterCriteria", `has an invalid filter pattern: ${(error as Error).message}`);
  }
}

type Numeric =
  | "batchSize"
  | "maximumBatchingWindowInSeconds"
  | "maximumRetryAttempts"
  | "maximumRecordAgeInSeconds"
  | "parallelizationFactor";

function within(declared: Declared, input: Numeric, otherwise: number, min: number, max: number): number {
  const value = declared.inputs[input] ?? otherwise;
  if (Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  return refuse(declared, input, `is ${value}; it must be from ${min} to ${max}`);
}
