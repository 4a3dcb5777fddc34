import type { InputsOf } from "../base/graph.ts";
import {
  type Effects,
  type EffectsOf,
  choice,
  refused,
  notHere,
  oneOf,
  ownRegion,
  within,
} from "./effect.ts";

type Api = InputsOf["aws:appsync/graphQLApi:GraphQLApi"];
type Source = InputsOf["aws:appsync/dataSource:DataSource"];

const templates = refused(
  "is VTL, which does not run locally. To move it to APPSYNC_JS, set runtime to APPSYNC_JS 1.0.0 and give code: " +
    "request(ctx) returns what the request template renders, response(ctx) what the response template renders, and " +
    "$util is imported from @aws-appsync/utils (docs/support.md, VTL)",
);
const oidc = refused("is not supported locally: OPENID_CONNECT does not run");
const runtime = { name: "runs", runtimeVersion: oneOf(["1.0.0"]) } as const;
const batch = within(0, 2_000);

const lambdaAuthorizerConfig: Effects<NonNullable<Api["lambdaAuthorizerConfig"]>> = {
  authorizerResultTtlInSeconds: within(0, 3_600),
  authorizerUri: "runs",
  identityValidationExpression: "runs",
};

const dynamodbConfig: Effects<NonNullable<Source["dynamodbConfig"]>> = {
  deltaSyncConfig: notHere,
  region: ownRegion,
  tableName: "runs",
  useCallerCredentials: notHere,
  versioned: notHere,
};

/** Ranges: https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateGraphqlApi.html and the other Create operations. */
export const appsync: EffectsOf<"appsync"> = {
  "aws:appsync/apiCache:ApiCache": {
    apiCachingBehavior: "runs",
    apiId: "runs",
    atRestEncryptionEnabled: "idle",
    region: "idle",
    transitEncryptionEnabled: "idle",
    ttl: within(1, 3_600),
    // The service refuses an unknown size. The size itself has no effect here.
    type: "idle",
  },
  "aws:appsync/apiKey:ApiKey": { apiId: "runs", description: "idle", expires: "runs", region: "idle" },
  "aws:appsync/dataSource:DataSource": {
    apiId: "runs",
    description: "idle",
    dynamodbConfig,
    elasticsearchConfig: notHere,
    eventBridgeConfig: { eventBusArn: "runs" },
    httpConfig: {
      authorizationConfig: {
        authorizationType: oneOf(["AWS_IAM"]),
        awsIamConfig: { signingRegion: "runs", signingServiceName: "runs" },
      },
      endpoint: "runs",
    },
    lambdaConfig: { functionArn: "runs" },
    name: "runs",
    opensearchserviceConfig: notHere,
    region: "runs",
    relationalDatabaseConfig: notHere,
    serviceRoleArn: "runs",
    type: "runs",
  },
  "aws:appsync/function:Function": {
    apiId: "runs",
    code: "runs",
    dataSource: "runs",
    description: "idle",
    // Of the templates. It says nothing about code, and AWS takes it also without templates.
    functionVersion: oneOf(["2018-05-29"]),
    maxBatchSize: batch,
    name: "runs",
    region: "runs",
    requestMappingTemplate: templates,
    responseMappingTemplate: templates,
    runtime,
    syncConfig: notHere,
  },
  "aws:appsync/graphQLApi:GraphQLApi": {
    additionalAuthenticationProviders: {
      authenticationType: "runs",
      lambdaAuthorizerConfig,
      openidConnectConfig: oidc,
      userPoolConfig: { appIdClientRegex: "runs", awsRegion: ownRegion, userPoolId: "runs" },
    },
    apiType: choice({ GRAPHQL: "runs", MERGED: "MERGED is not supported locally" }),
    authenticationType: "runs",
    enhancedMetricsConfig: "idle",
    introspectionConfig: oneOf(["ENABLED", "DISABLED"]),
    lambdaAuthorizerConfig,
    logConfig: {
      cloudwatchLogsRoleArn: "idle",
      excludeVerboseContent: "idle",
      fieldLogLevel: oneOf(["NONE", "ERROR", "INFO", "DEBUG", "ALL"]),
    },
    mergedApiExecutionRoleArn: notHere,
    name: "runs",
    openidConnectConfig: oidc,
    queryDepthLimit: within(0, 75),
    region: "runs",
    resolverCountLimit: within(0, 10_000),
    schema: "runs",
    tags: "idle",
    userPoolConfig: {
      appIdClientRegex: "runs",
      awsRegion: ownRegion,
      defaultAction: oneOf(["ALLOW", "DENY"]),
      userPoolId: "runs",
    },
    visibility: choice({
      GLOBAL: "runs",
      PRIVATE: "PRIVATE is not supported locally: AWS serves such an API only inside a VPC",
    }),
    xrayEnabled: "idle",
  },
  "aws:appsync/resolver:Resolver": {
    apiId: "runs",
    cachingConfig: { cachingKeys: "runs", ttl: within(1, 3_600) },
    code: "runs",
    dataSource: "runs",
    field: "runs",
    kind: oneOf(["UNIT", "PIPELINE"]),
    maxBatchSize: batch,
    pipelineConfig: { functions: "runs" },
    region: "runs",
    requestTemplate: templates,
    responseTemplate: templates,
    runtime,
    syncConfig: notHere,
    type: "runs",
  },
};
