import { type Archive, type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";

/** One declared function, checked and with AWS's defaults filled in. */
export interface FunctionConfiguration {
  readonly urn: string;
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly roleArn: string;
  readonly runtime: Runtime;
  readonly handler: string;
  /** The archive as the program declared it; `unpack` reads it. */
  readonly code: Archive;
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** Runs at once; undefined leaves it to the ceiling of all functions. */
  readonly reserved: number | undefined;
  readonly logGroup: string;
  readonly logFormat: string;
  /** ARN of the queue that takes events whose retries are spent. */
  readonly deadLetterArn: string | undefined;
}

/** Lambda's runtimes whose code runs here, all on the Node of this process. */
export const runtimes = ["nodejs20.x", "nodejs22.x", "nodejs24.x"] as const;
export type Runtime = (typeof runtimes)[number];

type Declared = ResourceOf<"aws:lambda/function:Function">;

/** Environment variables that Lambda sets and refuses to have set. */
const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_(TASK_ROOT|RUNTIME_DIR)|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_GROUP_NAME|LOG_STREAM_NAME|RUNTIME_API)))$/;

/** Features that do not run here and would change what the function does. */
const REFUSED = [
  "capacityProviderConfig",
  "codeSigningConfigArn",
  "durableConfig",
  "fileSystemConfig",
  "imageConfig",
  "imageUri",
  "s3Bucket",
  "s3Key",
  "snapStart",
  "tenancyConfig",
] as const;

/** The functions of the graph by ARN. Throws `InvalidInput` with the function and its input. */
export function functionsOf(graph: Graph): ReadonlyMap<string, FunctionConfiguration> {
  return new Map(
    ofType(graph, "aws:lambda/function:Function").map((declared) => [
      declared.outputs.arn,
      configurationOf(declared),
    ]),
  );
}

function configurationOf(declared: Declared): FunctionConfiguration {
  const { inputs, outputs } = declared;
  refuseUnsupported(declared);
  const { arn, name } = outputs;
  const [, , , region = "", accountId = ""] = arn.split(":");
  return {
    urn: declared.urn,
    arn,
    name,
    region,
    accountId,
    roleArn: inputs.role,
    runtime: runtimeOf(declared),
    handler: inputs.handler ?? "",
    code: inputs.code ?? refuse(declared, "code", "is missing"),
    variables: variablesOf(declared),
    memoryMb: within(declared, "memorySize", inputs.memorySize ?? 128, 128, 10_240),
    timeoutMs: within(declared, "timeout", inputs.timeout ?? 3, 1, 900) * 1000,
    reserved: reservedOf(declared),
    logGroup: inputs.loggingConfig?.logGroup ?? `/aws/lambda/${name}`,
    logFormat: inputs.loggingConfig?.logFormat ?? "Text",
    deadLetterArn: inputs.deadLetterConfig?.targetArn,
  };
}

function refuseUnsupported(declared: Declared): void {
  const { inputs } = declared;
  for (const feature of REFUSED) {
    if (inputs[feature] !== undefined) {
      refuse(declared, feature, "is not supported locally");
    }
  }
  if ((inputs.packageType ?? "Zip") !== "Zip") {
    refuse(declared, "packageType", "must be Zip: no container images");
  }
  if (inputs.layers?.length) {
    refuse(declared, "layers", "must be empty: bundle what the function needs");
  }
  if (!inputs.handler) {
    refuse(declared, "handler", "is missing");
  }
}

function runtimeOf(declared: Declared): Runtime {
  const { runtime } = declared.inputs;
  const found = runtimes.find((one) => one === runtime);
  return (
    found ??
    refuse(
      declared,
      "runtime",
      `is ${runtime ?? "missing"}; the runtimes that run here are ${runtimes.join(", ")}`,
    )
  );
}

function variablesOf(declared: Declared): Readonly<Record<string, string>> {
  const variables = declared.inputs.environment?.variables ?? {};
  const reserved = Object.keys(variables).filter((name) => RESERVED.test(name));
  if (reserved.length > 0) {
    refuse(declared, "environment", `sets reserved keys: ${reserved.join(", ")}`);
  }
  const invalid = Object.keys(variables).filter((name) => !/^[a-zA-Z]\w+$/.test(name));
  if (invalid.length > 0) {
    refuse(declared, "environment", `has invalid names: ${invalid.join(", ")}`);
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > 4096) {
    refuse(declared, "environment", "exceeds 4 KB");
  }
  return variables;
}

function reservedOf(declared: Declared): number | undefined {
  const reserved = declared.inputs.reservedConcurrentExecutions ?? -1;
  return reserved < 0 ? undefined : reserved;
}

function within(declared: Declared, input: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  return refuse(declared, input, `is ${value}; it must be from ${min} to ${max}`);
}
