import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { functionFile, packageFolder } from "./bundle.ts";
import { metricsNamespace, physicalName } from "./naming.ts";
import { ServiceRole, type Statement } from "./role.ts";
import type { Settings } from "./settings.ts";
import { watched } from "./watched.ts";

interface ServiceFunctionArgs {
  readonly settings: Settings;
  /** Seconds. */
  readonly timeout: number;
  readonly environment: Record<string, pulumi.Input<string>>;
  readonly statements: readonly Statement[];
  /** MB. Without it, the setting for all functions. */
  readonly memory?: number;
  /** Packages with native binaries for Lambda, which cannot be part of the bundle. */
  readonly packages?: readonly string[];
}

/** The Lambda function of functions/<name>/, with its own role, log group and retention. */
export class ServiceFunction extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** In functions/. */
  readonly folder: string;
  /** Event source mappings of the function depend on it. */
  readonly rolePolicy: aws.iam.RolePolicy;

  constructor(name: string, args: ServiceFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:ServiceFunction", name, {}, opts);
    const { settings } = args;
    this.folder = name;
    const functionName = physicalName(name);
    const logs = new aws.cloudwatch.LogGroup(
      name,
      { name: `/aws/lambda/${functionName}`, retentionInDays: settings.logRetentionDays },
      { parent: this },
    );
    const role = new ServiceRole(
      name,
      {
        // No sourceArn: pollers of queues and streams assume this role too, and Lambda does not document which ARN
        // they give.
        service: "lambda.amazonaws.com",
        statements: [
          {
            Sid: "WriteLogs",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: pulumi.interpolate`${logs.arn}:*`,
          },
          ...args.statements,
        ],
      },
      { parent: this },
    );
    const lambda = new aws.lambda.Function(
      name,
      {
        name: functionName,
        role: role.arn,
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        code: codeOf(name, args.packages ?? []),
        memorySize: args.memory ?? settings.functionMemory,
        timeout: args.timeout,
        loggingConfig: { logFormat: "Text", logGroup: logs.name },
        environment: {
          variables: {
            POWERTOOLS_LOG_LEVEL: settings.functionLogLevel,
            LOG_SAMPLE_RATE: String(settings.logSampleRate),
            POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(),
            ...args.environment,
          },
        },
      },
      { parent: this, dependsOn: [role.policy] },
    );
    this.arn = lambda.arn;
    watched.functions.push(name);
    this.rolePolicy = role.policy;
    this.registerOutputs({ arn: this.arn });
  }
}

/** The bundle of a function, and beside it the packages that a bundle cannot hold. */
const codeOf = (name: string, packages: readonly string[]): pulumi.asset.AssetArchive =>
  new pulumi.asset.AssetArchive({
    "index.mjs": new pulumi.asset.FileAsset(functionFile(name)),
    ...Object.fromEntries(
      packages.map((one) => [`node_modules/${one}`, new pulumi.asset.FileArchive(packageFolder(one))]),
    ),
  });
