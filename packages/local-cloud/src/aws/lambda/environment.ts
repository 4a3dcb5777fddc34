import type { Credentials } from "../iam/index.ts";
import type { FunctionConfiguration } from "./configuration.ts";

/** All of a function's `process.env`: the declared variables, and those that Lambda sets. */
export function environmentOf(
  configuration: FunctionConfiguration,
  sandbox: {
    readonly taskRoot: string;
    readonly logStream: string;
    readonly credentials: Credentials;
    /** Directs the SDK to this cloud: `AWS_ENDPOINT_URL`. */
    readonly shared: Readonly<Record<string, string>>;
    readonly caFile?: string | undefined;
  },
): Record<string, string> {
  const { credentials } = sandbox;
  return {
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    ...sandbox.shared,
    ...(sandbox.caFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: sandbox.caFile }),
    ...configuration.variables,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: configuration.region,
    AWS_DEFAULT_REGION: configuration.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: configuration.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: sandbox.logStream,
    AWS_LAMBDA_LOG_FORMAT: configuration.logFormat,
    ...(configuration.logLevel !== undefined && { AWS_LAMBDA_LOG_LEVEL: configuration.logLevel }),
    LAMBDA_TASK_ROOT: sandbox.taskRoot,
    _HANDLER: configuration.handler,
  };
}
