import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import type { Call, Principal } from "../../base/service.ts";
import { sendRest } from "../gateway/rest.ts";
import type { Iam } from "../iam/index.ts";
import type { FunctionConfiguration } from "./configuration.ts";
import { resolveFunction } from "./permissions.ts";

export interface ReadsOptions {
  readonly graph: Graph;
  readonly iam: Iam;
  readonly configurations: ReadonlyMap<string, FunctionConfiguration>;
  /** Concurrent runs of all functions together. */
  readonly concurrency: number;
}

interface Read {
  readonly path: RegExp;
  readonly answer: (options: ReadsOptions, call: Pick<Call, "url" | "principal">, name: string) => object;
}

/** What Lambda says of functions and mappings. Code, versions and times of changes are left out. */
export const reads: Readonly<Record<string, Read>> = {
  GetAccountSettings: {
    path: /^\/2016-08-19\/account-settings\/?$/,
    answer(options, { principal }) {
      allow(options, principal, "GetAccountSettings", "*");
      const { configurations, concurrency } = options;
      const reserved = [...configurations.values()].reduce((sum, one) => sum + (one.reserved ?? 0), 0);
      return {
        AccountLimit: {
          ConcurrentExecutions: concurrency,
          UnreservedConcurrentExecutions: Math.max(0, concurrency - reserved),
        },
        AccountUsage: { FunctionCount: configurations.size },
      };
    },
  },
  GetFunctionConfiguration: {
    path: /^\/2015-03-31\/functions\/([^/]+)\/configuration\/?$/,
    answer(options, { principal, url }, name) {
      const found = resolveFunction(
        name,
        options.configurations,
        url.searchParams.get("Qualifier") ?? undefined,
      );
      allow(options, principal, "GetFunctionConfiguration", found.arn);
      return configurationOf(found);
    },
  },
  ListEventSourceMappings: {
    path: /^\/2015-03-31\/event-source-mappings\/?$/,
    answer(options, { principal, url }) {
      allow(options, principal, "ListEventSourceMappings", "*");
      const { graph, configurations } = options;
      const name = url.searchParams.get("FunctionName");
      const source = url.searchParams.get("EventSourceArn");
      const wanted = name === null ? undefined : resolveFunction(name, configurations).arn;
      const described = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").map((mapping) =>
        mappingOf(mapping, configurations),
      );
      return {
        EventSourceMappings: described.filter(
          ({ FunctionArn, EventSourceArn }) =>
            (wanted ?? FunctionArn) === FunctionArn && (source ?? EventSourceArn) === EventSourceArn,
        ),
      };
    },
  },
};

/** True if it has answered the call. Throws `AccessDenied`, and `ResourceNotFoundException`. */
export function answeredRead(call: Call, options: ReadsOptions): boolean {
  if (call.request.method !== "GET") {
    return false;
  }
  for (const { path, answer } of Object.values(reads)) {
    const [found, name = ""] = path.exec(call.url.pathname) ?? [];
    if (found !== undefined) {
      sendRest(call.response, answer(options, call, decodeURIComponent(name)));
      return true;
    }
  }
  return false;
}

const allow = ({ iam }: ReadsOptions, principal: Principal, operation: string, resource: string): void =>
  iam.authorize({ principal, action: `lambda:${operation}`, resource });

const configurationOf = (configuration: FunctionConfiguration): object => ({
  FunctionName: configuration.name,
  FunctionArn: configuration.arn,
  Role: configuration.roleArn,
  Runtime: configuration.runtime,
  Handler: configuration.handler,
  MemorySize: configuration.memoryMb,
  Timeout: configuration.timeoutMs / 1000,
  Architectures: [configuration.architecture],
  Environment: { Variables: configuration.variables },
  LoggingConfig: { LogFormat: configuration.logFormat, LogGroup: configuration.logGroup },
  ...(configuration.deadLetterArn !== undefined && {
    DeadLetterConfig: { TargetArn: configuration.deadLetterArn },
  }),
  PackageType: "Zip",
  State: "Active",
  LastUpdateStatus: "Successful",
  Version: "$LATEST",
});

/** `LastProcessingResult` is left out. AWS has it for streams, not for queues. */
function mappingOf(
  { id, inputs }: ResourceOf<"aws:lambda/eventSourceMapping:EventSourceMapping">,
  configurations: ReadonlyMap<string, FunctionConfiguration>,
) {
  const onFailure = inputs.destinationConfig?.onFailure?.destinationArn;
  return {
    UUID: id,
    EventSourceArn: inputs.eventSourceArn,
    FunctionArn: resolveFunction(inputs.functionName, configurations).arn,
    State: (inputs.enabled ?? true) ? "Enabled" : "Disabled",
    StateTransitionReason: "USER_INITIATED",
    BatchSize: inputs.batchSize ?? (inputs.eventSourceArn?.split(":")[2] === "sqs" ? 10 : 100),
    MaximumBatchingWindowInSeconds: inputs.maximumBatchingWindowInSeconds ?? 0,
    FunctionResponseTypes: inputs.functionResponseTypes ?? [],
    StartingPosition: inputs.startingPosition,
    ParallelizationFactor: inputs.parallelizationFactor,
    BisectBatchOnFunctionError: inputs.bisectBatchOnFunctionError,
    MaximumRetryAttempts: inputs.maximumRetryAttempts,
    MaximumRecordAgeInSeconds: inputs.maximumRecordAgeInSeconds,
    ...(onFailure !== undefined && { DestinationConfig: { OnFailure: { Destination: onFailure } } }),
  };
}
