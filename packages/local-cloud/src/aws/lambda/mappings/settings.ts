import { type Graph, ofType, type ResourceOf } from "../../../base/graph.ts";
import { type Declared, refuse } from "../../../base/refusal.ts";
import { type FunctionConfiguration, functionsOf } from "../configuration.ts";
import { declaredFunction } from "../permissions.ts";
import { compileFilter, type Filter } from "./filter.ts";

type DeclaredMapping = ResourceOf<"aws:lambda/eventSourceMapping:EventSourceMapping">;

interface Common {
  /** What refusals name. */
  readonly declared: Declared;
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
  /** Whether `ReportBatchItemFailures` is declared. */
  readonly reportsFailures: boolean;
}

export interface QueueMapping extends Common {
  readonly source: "sqs";
  readonly queue: Queue;
  /** True for a FIFO queue. Messages after a failed message of their group wait. */
  readonly ordered: boolean;
  readonly maximumConcurrency: number;
}

export interface StreamMapping extends Common {
  readonly source: "dynamodb";
  readonly tableName: string;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  readonly parallelization: number;
  readonly bisect: boolean;
  /** Infinity: until the record expires. */
  readonly maximumRetries: number;
  readonly maximumAgeMs: number;
  readonly onFailure: Destination | undefined;
}

/** The destination of failed records. A bucket gets the records, a queue gets their positions in the stream. */
export type Destination =
  | (Queue & { readonly kind: "queue" })
  | { readonly kind: "bucket"; readonly arn: string; readonly name: string };

export type Mapping = QueueMapping | StreamMapping;

interface Queue {
  readonly arn: string;
  readonly url: string;
}

/** The pollers of a queue begin with five concurrent batches: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const INITIAL_CONCURRENCY = 5;

/** The enabled mappings of the graph. Throws `InvalidInput` with the mapping and its input. */
export function mappingsOf(graph: Graph): readonly Mapping[] {
  const functions = functionsOf(graph);
  return ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping")
    .filter(({ inputs }) => inputs.enabled ?? true)
    .map((declared) => mappingOf(declared, graph, functions));
}

function mappingOf(
  declared: DeclaredMapping,
  graph: Graph,
  functions: ReadonlyMap<string, FunctionConfiguration>,
): Mapping {
  const { inputs, name, urn } = declared;
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
    declared: { type: declared.type, name },
    urn,
    uuid: declared.id,
    name,
    sourceArn,
    region,
    configuration: declaredFunction(declared, "functionName", functions),
    windowMs: (inputs.maximumBatchingWindowInSeconds ?? 0) * 1000,
    filter: filterOf(declared, source),
    reportsFailures: inputs.functionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
  };
  return source === "sqs" ? queueMapping(declared, graph, common) : streamMapping(declared, graph, common);
}

type Shared = Omit<Common, "batchSize">;

const STREAM_INPUTS = [
  "startingPosition",
  "bisectBatchOnFunctionError",
  "parallelizationFactor",
  "destinationConfig",
  "maximumRetryAttempts",
  "maximumRecordAgeInSeconds",
] as const;

function queueMapping(declared: DeclaredMapping, graph: Graph, common: Shared): QueueMapping {
  const { inputs } = declared;
  for (const input of STREAM_INPUTS) {
    if (inputs[input] !== undefined) {
      refuse(declared, input, "is only for streams; this source is a queue");
    }
  }
  const { sourceArn } = common;
  const queue =
    ofType(graph, "aws:sqs/queue:Queue").find(({ outputs }) => outputs.arn === sourceArn) ??
    refuse(declared, "eventSourceArn", `names no declared queue: ${sourceArn}`);
  const ordered = queue.inputs.fifoQueue === true;
  const batchSize = inputs.batchSize ?? 10;
  requireBatch(declared, batchSize, ordered, common.windowMs);
  const visibility = queue.inputs.visibilityTimeoutSeconds ?? 30;
  const timeout = common.configuration.timeoutMs / 1000;
  if (visibility < timeout) {
    refuse(
      declared,
      "eventSourceArn",
      `is invalid: Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeout} seconds`,
    );
  }
  return {
    ...common,
    source: "sqs",
    batchSize,
    queue: { arn: sourceArn, url: queue.id },
    ordered,
    maximumConcurrency: inputs.scalingConfig?.maximumConcurrency ?? INITIAL_CONCURRENCY,
  };
}

function requireBatch(
  declared: DeclaredMapping,
  batchSize: number,
  ordered: boolean,
  windowMs: number,
): void {
  if (ordered && windowMs > 0) {
    refuse(declared, "maximumBatchingWindowInSeconds", "is not supported for FIFO queues");
  }
  if (ordered && batchSize > 10) {
    refuse(declared, "batchSize", `is ${batchSize}; it must be from 1 to 10 for a FIFO queue`);
  }
  if (batchSize > 10 && windowMs === 0) {
    refuse(declared, "batchSize", "over 10 needs maximumBatchingWindowInSeconds of 1 or more");
  }
}

function streamMapping(declared: DeclaredMapping, graph: Graph, common: Shared): StreamMapping {
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
  const { maximumRetryAttempts: retries = -1, maximumRecordAgeInSeconds: age = -1 } = inputs;
  return {
    ...common,
    source: "dynamodb",
    batchSize: inputs.batchSize ?? 100,
    tableName,
    startingPosition: position,
    parallelization: inputs.parallelizationFactor ?? 1,
    bisect: inputs.bisectBatchOnFunctionError ?? false,
    maximumRetries: retries === -1 ? Infinity : retries,
    maximumAgeMs: age === -1 ? Infinity : age * 1000,
    onFailure: onFailureOf(declared, graph),
  };
}

function onFailureOf(declared: DeclaredMapping, graph: Graph): Destination | undefined {
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

function filterOf(declared: DeclaredMapping, source: "sqs" | "dynamodb"): Filter {
  const patterns = (declared.inputs.filterCriteria?.filters ?? []).map(({ pattern }) => pattern ?? "");
  try {
    return compileFilter(patterns, source);
  } catch (error) {
    return refuse(declared, "filterCriteria", `has an invalid filter pattern: ${(error as Error).message}`);
  }
}
