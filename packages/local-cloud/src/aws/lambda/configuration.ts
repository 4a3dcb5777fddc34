import { type Archive, type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { type Declared, refuse } from "../../base/refusal.ts";

/** A declared function after all checks, with AWS's defaults. */
export interface FunctionConfiguration {
  /** What refusals name. */
  readonly declared: Declared;
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
  /** The maximum number of concurrent runs. Undefined: only the limit of all functions together applies. */
  readonly reserved: number | undefined;
  readonly logGroup: string;
  readonly logFormat: string;
  /** The least important level that is logged. Only the JSON format knows it. */
  readonly logLevel: string | undefined;
  readonly architecture: "arm64" | "x86_64";
  /** ARN of the queue for events whose last retry failed. */
  readonly deadLetterArn: string | undefined;
}

/** The runtimes that run here, all on the Node.js of this process. */
export const runtimes = ["nodejs20.x", "nodejs22.x", "nodejs24.x"] as const;
export type Runtime = (typeof runtimes)[number];

type DeclaredFunction = ResourceOf<"aws:lambda/function:Function">;

/** Environment variables that Lambda sets and refuses to have set. */
const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_(TASK_ROOT|RUNTIME_DIR)|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_GROUP_NAME|LOG_STREAM_NAME|RUNTIME_API)))$/;

/** The functions of the graph by ARN. Throws `InvalidInput` with the function and its input. */
export function functionsOf(graph: Graph): ReadonlyMap<string, FunctionConfiguration> {
  return new Map(
    ofType(graph, "aws:lambda/function:Function").map((declared) => [
      declared.outputs.arn,
      configurationOf(declared),
    ]),
  );
}

function configurationOf(declared: DeclaredFunction): FunctionConfiguration {
  const { inputs, outputs } = declared;
  const { arn, name } = outputs;
  const [, , , region = "", accountId = ""] = arn.split(":");
  return {
    declared: { type: declared.type, name: declared.name },
    urn: declared.urn,
    arn,
    name,
    region,
    accountId,
    roleArn: inputs.role,
    runtime: runtimeOf(declared),
    handler: inputs.handler || refuse(declared, "handler", "is missing"),
    code: inputs.code ?? refuse(declared, "code", "is missing"),
    variables: variablesOf(declared),
    memoryMb: inputs.memorySize ?? 128,
    timeoutMs: (inputs.timeout ?? 3) * 1000,
    reserved: reservedOf(declared),
    logGroup: inputs.loggingConfig?.logGroup ?? `/aws/lambda/${name}`,
    architecture: inputs.architectures?.includes("arm64") ? "arm64" : "x86_64",
    logFormat: inputs.loggingConfig?.logFormat ?? "Text",
    logLevel: inputs.loggingConfig?.applicationLogLevel,
    deadLetterArn: inputs.deadLetterConfig?.targetArn,
  };
}

function runtimeOf(declared: DeclaredFunction): Runtime {
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

function variablesOf(declared: DeclaredFunction): Readonly<Record<string, string>> {
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

function reservedOf(declared: DeclaredFunction): number | undefined {
  const reserved = declared.inputs.reservedConcurrentExecutions ?? -1;
  return reserved < 0 ? undefined : reserved;
}
