import { type EffectsOf, choice, each, refused, notHere, oneOf, within } from "./effect.ts";

const noUrl = refused("is not supported locally: function URLs do not run");
const noImage = refused("is not supported locally: no container images");
const noUpload = refused("is not supported locally: give code");
const noKafka = refused("is not supported locally: only SQS queues and DynamoDB streams run");

/** A configuration with empty lists means that there is no VPC. */
const noVpc = (config: object) =>
  Object.values(config).every((value) => value === false || (Array.isArray(value) && !value.length))
    ? "runs"
    : {
        refused:
          "is not supported locally: here the function would reach hosts that it cannot reach in its VPC",
      };

/**
 * Ranges: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html and API_CreateEventSourceMapping.html.
 * Memory and timeout: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const lambda: EffectsOf<"lambda"> = {
  "aws:lambda/eventSourceMapping:EventSourceMapping": {
    amazonManagedKafkaEventSourceConfig: noKafka,
    batchSize: within(1, 10_000),
    bisectBatchOnFunctionError: "runs",
    destinationConfig: { onFailure: { destinationArn: "runs" } },
    documentDbEventSourceConfig: noKafka,
    enabled: "runs",
    eventSourceArn: "runs",
    filterCriteria: { filters: { pattern: "runs" } },
    functionName: "runs",
    functionResponseTypes: each(oneOf(["ReportBatchItemFailures"])),
    kmsKeyArn: "idle",
    maximumBatchingWindowInSeconds: within(0, 300),
    maximumRecordAgeInSeconds: (seconds, resource) =>
      seconds === -1
        ? "runs"
        : within(60, 604_800)(seconds, resource) === "runs"
          ? "runs"
          : { refused: "must be -1, or a whole number from 60 to 604800" },
    maximumRetryAttempts: within(-1, 10_000),
    metricsConfig: "idle",
    parallelizationFactor: within(1, 10),
    provisionedPollerConfig: notHere,
    queues: noKafka,
    region: "runs",
    scalingConfig: { maximumConcurrency: within(2, 1_000) },
    selfManagedEventSource: noKafka,
    selfManagedKafkaEventSourceConfig: noKafka,
    sourceAccessConfigurations: noKafka,
    startingPosition: choice({
      TRIM_HORIZON: "runs",
      LATEST: "runs",
      AT_TIMESTAMP: "AT_TIMESTAMP is for Kinesis and Kafka, which are not supported locally",
    }),
    startingPositionTimestamp: noKafka,
    tags: "idle",
    topics: noKafka,
    tumblingWindowInSeconds: notHere,
    useResourceTimeoutForPropagation: "idle",
  },
  "aws:lambda/function:Function": {
    // The code runs on this machine's processor.
    architectures: each(oneOf(["arm64", "x86_64"], "idle")),
    capacityProviderConfig: notHere,
    code: "runs",
    codeSha256: "idle",
    codeSigningConfigArn: notHere,
    deadLetterConfig: { targetArn: "runs" },
    description: "idle",
    durableConfig: notHere,
    environment: { variables: "runs" },
    ephemeralStorage: { size: within(512, 10_240, "idle") },
    fileSystemConfig: notHere,
    handler: "runs",
    imageConfig: noImage,
    imageUri: noImage,
    kmsKeyArn: "idle",
    layers: refused("is not supported locally: bundle what the function needs"),
    loggingConfig: {
      applicationLogLevel: oneOf(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]),
      logFormat: oneOf(["Text", "JSON"]),
      logGroup: "runs",
      systemLogLevel: oneOf(["DEBUG", "INFO", "WARN"], "idle"),
    },
    memorySize: within(128, 10_240),
    name: "runs",
    packageType: choice({ Zip: "runs", Image: "Image is not supported locally: no container images" }),
    publish: "idle",
    publishTo: notHere,
    region: "runs",
    replaceSecurityGroupsOnDestroy: "idle",
    replacementSecurityGroupIds: "idle",
    // -1 means no reservation, as in the provider.
    reservedConcurrentExecutions: within(-1, 2 ** 31 - 1),
    role: "runs",
    runtime: "runs",
    s3Bucket: noUpload,
    s3Key: noUpload,
    s3ObjectVersion: noUpload,
    skipDestroy: "idle",
    snapStart: {
      applyOn: choice({ None: "runs", PublishedVersions: "PublishedVersions is not supported locally" }),
      optimizationStatus: "idle",
    },
    sourceCodeHash: "idle",
    sourceKmsKeyArn: "idle",
    tags: "idle",
    tenancyConfig: notHere,
    timeout: within(1, 900),
    tracingConfig: { mode: oneOf(["Active", "PassThrough"], "idle") },
    useResourceTimeoutForPropagation: "idle",
    vpcConfig: noVpc,
  },
  "aws:lambda/permission:Permission": {
    action: "runs",
    eventSourceToken: refused("is not supported locally: Alexa does not run"),
    function: "runs",
    functionUrlAuthType: noUrl,
    invokedViaFunctionUrl: noUrl,
    principal: "runs",
    principalOrgId: "runs",
    qualifier: "runs",
    region: "idle",
    sourceAccount: "runs",
    sourceArn: "runs",
    statementId: "runs",
    statementIdPrefix: refused("is not supported locally: give statementId"),
  },
};
