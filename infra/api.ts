import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { resolverCode } from "./bundle.ts";
import { type DataSourceName, DataSources } from "./datasources.ts";
import { batchSizes, functions, guard, guardedFields, pipelineFields, stepOf, unitFields } from "./fields.ts";
import type { Identity } from "./identity.ts";
import { here } from "./naming.ts";
import { policy, roleForPeople, ServiceRole } from "./role.ts";
import { deployedSchema } from "./schema.ts";
import type { Settings } from "./settings.ts";
import type { Tables } from "./tables.ts";

const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };

interface ApiArgs {
  readonly settings: Settings;
  readonly identity: Identity;
  readonly tables: Tables;
  /** ARN of the function that signs URLs. */
  readonly presign: pulumi.Input<string>;
  /** ARN of the function that manages callbacks. */
  readonly webhooks: pulumi.Input<string>;
}

/** Pipeline functions by name, and the one that is created last. */
interface Steps {
  readonly ids: Readonly<Record<string, pulumi.Output<string>>>;
  readonly last: pulumi.Resource;
}

/** The GraphQL API. Users authenticate with Cognito, functions with IAM. */
export class Api extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly graphqlUrl: pulumi.Output<string>;
  readonly realtimeUrl: pulumi.Output<string>;
  /** ARN of the role that may end the subscriptions of former admins: see docs/security.md. */
  readonly operatorRole: pulumi.Output<string>;
  /** Name of the log group, which AppSync's role cannot create itself. */
  readonly logGroup: pulumi.Output<string>;
  private readonly api: aws.appsync.GraphQLApi;
  private readonly placeholders: pulumi.Output<[string, string][]>;

  constructor(name: string, args: ApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Api", name, {}, opts);
    this.placeholders = placeholders(args);
    this.api = this.graphQLApi(name, args);
    this.id = this.api.id;
    this.arn = this.api.arn;
    this.logGroup = this.logs(name, args.settings).name;
    this.graphqlUrl = this.api.uris.apply((uris) => uris["GRAPHQL"] ?? "");
    this.realtimeUrl = this.api.uris.apply((uris) => uris["REALTIME"] ?? "");
    this.operatorRole = this.operator().arn;
    const sources = new DataSources(name, { api: this.api, ...args }, { parent: this });
    const steps = this.steps(sources);
    this.unitResolvers(sources, steps.last);
    this.pipelineResolvers(steps);
    this.registerOutputs({ graphqlUrl: this.graphqlUrl, realtimeUrl: this.realtimeUrl });
  }

  private graphQLApi(name: string, { settings, identity }: ApiArgs): aws.appsync.GraphQLApi {
    const anyApi = pulumi.interpolate`arn:aws:appsync:${here.region}:${here.accountId}:apis/*`;
    const logGroups = pulumi.interpolate`arn:aws:logs:${here.region}:${here.accountId}:log-group:/aws/appsync/apis/*`;
    const logRole = new ServiceRole(
      `${name}-logs`,
      {
        service: "appsync.amazonaws.com",
        sourceArn: anyApi,
        statements: [
          {
            Sid: "WriteLogs",
            // Not CreateLogGroup: a group that AppSync creates itself keeps logs forever, and the program's own then
            // fails with "already exists" (hashicorp/terraform-provider-aws#43635).
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: logGroups,
          },
        ],
      },
      { parent: this },
    );
    return new aws.appsync.GraphQLApi(
      name,
      {
        schema: deployedSchema(readFileSync(join(import.meta.dirname, "..", "schema.graphql"), "utf8")),
        authenticationType: "AMAZON_COGNITO_USER_POOLS",
        userPoolConfig: {
          userPoolId: identity.userPoolId,
          appIdClientRegex: identity.userPoolClientId,
          defaultAction: "ALLOW",
        },
        additionalAuthenticationProviders: [{ authenticationType: "AWS_IAM" }],
        introspectionConfig: settings.introspection ? "ENABLED" : "DISABLED",
        // The deepest query of the contract has five levels; a page of 100 assets with all fields resolves 301.
        queryDepthLimit: 8,
        resolverCountLimit: 500,
        xrayEnabled: true,
        logConfig: {
          cloudwatchLogsRoleArn: logRole.arn,
          fieldLogLevel: settings.fieldLogLevel,
          excludeVerboseContent: true,
        },
      },
      { parent: this, dependsOn: [logRole.policy] },
    );
  }

  private operator(): aws.iam.Role {
    const role = roleForPeople("operator", { parent: this });
    new aws.iam.RolePolicy(
      "operator",
      {
        role: role.name,
        policy: policy({
          Sid: "EndSubscriptions",
          Action: ["appsync:GraphQL"],
          Resource: pulumi.interpolate`${this.arn}/types/Mutation/fields/endAdminSubscriptions`,
        }),
      },
      { parent: this },
    );
    return role;
  }

  private logs(name: string, { logRetentionDays }: Settings): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      name,
      { name: pulumi.interpolate`/aws/appsync/apis/${this.api.id}`, retentionInDays: logRetentionDays },
      { parent: this },
    );
  }

  /**
   * Pipeline functions are created one after another: AppSync answers ConcurrentModificationException to many at once
   * (hashicorp/terraform-provider-aws#16211). The provider itself creates resolvers one at a time.
   */
  private steps(sources: DataSources): Steps {
    const ids: Record<string, pulumi.Output<string>> = {};
    let last: pulumi.Resource = sources.last;
    const add = (name: string, source: DataSourceName, code: string): void => {
      const step: aws.appsync.Function = new aws.appsync.Function(
        name,
        { apiId: this.api.id, name, dataSource: sources.name(source), runtime, code: this.code(code) },
        { parent: this, dependsOn: [last] },
      );
      ids[name] = step.functionId;
      last = step;
    };
    for (const [name, source] of Object.entries(functions)) {
      add(name, source, name);
    }
    for (const [field, source] of Object.entries(guardedFields)) {
      add(stepOf(field), source, field);
    }
    return { ids, last };
  }

  private unitResolvers(sources: DataSources, after: pulumi.Resource): void {
    for (const [field, source] of Object.entries(unitFields)) {
      const maxBatchSize = batchSizes[field];
      const unit = {
        kind: "UNIT",
        dataSource: sources.name(source),
        ...(maxBatchSize !== undefined && { maxBatchSize }),
      };
      this.resolver(field, unit, after);
    }
  }

  private pipelineResolvers({ ids, last }: Steps): void {
    const pipeline = (steps: readonly string[]) => ({
      kind: "PIPELINE",
      pipelineConfig: { functions: steps.map((step) => ids[step] ?? "") },
    });
    for (const [field, steps] of Object.entries(pipelineFields)) {
      this.resolver(field, pipeline(steps), last);
    }
    for (const field of Object.keys(guardedFields)) {
      this.resolver(field, pipeline(guard(field)), last, "guarded");
    }
  }

  private resolver(
    name: string,
    args: Pick<aws.appsync.ResolverArgs, "kind" | "dataSource" | "pipelineConfig" | "maxBatchSize">,
    after: pulumi.Resource,
    code = name,
  ): void {
    const [type = "", field = ""] = name.split(".");
    new aws.appsync.Resolver(
      name,
      { apiId: this.api.id, type, field, runtime, code: this.code(code), ...args },
      // AppSync takes one resolver per field, so the old one must be deleted first.
      { parent: this, dependsOn: [after], deleteBeforeReplace: true },
    );
  }

  private code(name: string): pulumi.Output<string> {
    return pulumi
      .all([resolverCode(name), this.placeholders])
      .apply(([code, values]) =>
        values.reduce((text, [name, value]) => text.replaceAll(`{{${name}}}`, value), code),
      );
  }
}

/** What the code of resolvers needs to know of the stack. AppSync has no variables that Pulumi could set. */
const placeholders = ({ settings, tables }: ApiArgs): pulumi.Output<[string, string][]> =>
  pulumi
    .all([tables.assets.name, tables.clientTokens.name, tables.usage.name, tables.erasures.name])
    .apply(([assets, clientTokens, usage, erasures]): [string, string][] => [
      ["assets", assets],
      ["clientTokens", clientTokens],
      ["usage", usage],
      ["erasures", erasures],
      ["eraseGraceSeconds", String(Math.round(settings.eraseGraceDays * 86_400))],
      // It stands within a string of the code.
      ["limits", JSON.stringify(JSON.stringify(settings.limits)).slice(1, -1)],
    ]);
