import { describe, expect, it } from "@jest/globals";
import type { Graph, InputsOf } from "../../src/base/graph.ts";
import { idleInputs, refuseInputs } from "../../src/inputs/index.ts";
import { graphOf as programOf } from "../../../../test/support/program.ts";

type Type = keyof InputsOf;

const short = (type: string) => type.split(":").at(-1) ?? "";
const graphOf = (type: string, inputs: object, outputs: object = {}) =>
  ({ resources: [{ type, name: "it", inputs, outputs }] }) as unknown as Graph;
/** One input by its path, such as `target.arn`. */
const only = (type: Type, path: string, value: unknown) =>
  graphOf(type, path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object);
const refusing = (graph: Graph) => () => refuseInputs(graph);
const idle = (graph: Graph) => [...idleInputs(graph).keys()];

const table = "aws:dynamodb/table:Table";
const queue = "aws:sqs/queue:Queue";
const api = "aws:appsync/graphQLApi:GraphQLApi";
const source = "aws:appsync/dataSource:DataSource";
const resolver = "aws:appsync/resolver:Resolver";
const pipelineFunction = "aws:appsync/function:Function";
const cache = "aws:appsync/apiCache:ApiCache";
const pool = "aws:cognito/userPool:UserPool";
const client = "aws:cognito/userPoolClient:UserPoolClient";
const role = "aws:iam/role:Role";
const lambda = "aws:lambda/function:Function";
const mapping = "aws:lambda/eventSourceMapping:EventSourceMapping";
const permission = "aws:lambda/permission:Permission";
const bucket = "aws:s3/bucket:Bucket";
const cors = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration";
const notification = "aws:s3/bucketNotification:BucketNotification";
const versioning = "aws:s3/bucketVersioning:BucketVersioning";
const schedule = "aws:scheduler/schedule:Schedule";
const rule = "aws:cloudwatch/eventRule:EventRule";
const ruleTarget = "aws:cloudwatch/eventTarget:EventTarget";

describe("a number among the inputs", () => {
  it.each<[Type, string, number, number]>([
    [queue, "delaySeconds", 0, 900],
    [queue, "kmsDataKeyReusePeriodSeconds", 60, 86_400],
    [queue, "maxMessageSize", 1_024, 1_048_576],
    [queue, "messageRetentionSeconds", 60, 1_209_600],
    [queue, "receiveWaitTimeSeconds", 0, 20],
    [queue, "visibilityTimeoutSeconds", 0, 43_200],
    [table, "pointInTimeRecovery.recoveryPeriodInDays", 1, 35],
    [api, "queryDepthLimit", 0, 75],
    [api, "resolverCountLimit", 0, 10_000],
    [api, "lambdaAuthorizerConfig.authorizerResultTtlInSeconds", 0, 3_600],
    [api, "additionalAuthenticationProviders.lambdaAuthorizerConfig.authorizerResultTtlInSeconds", 0, 3_600],
    [cache, "ttl", 1, 3_600],
    [resolver, "cachingConfig.ttl", 1, 3_600],
    [resolver, "maxBatchSize", 0, 2_000],
    [pipelineFunction, "maxBatchSize", 0, 2_000],
    [pool, "passwordPolicy.minimumLength", 6, 99],
    [pool, "passwordPolicy.temporaryPasswordValidityDays", 0, 365],
    [pool, "accountRecoverySetting.recoveryMechanisms.priority", 1, 2],
    [client, "authSessionValidity", 3, 15],
    [client, "refreshTokenRotation.retryGracePeriodSeconds", 0, 60],
    [role, "maxSessionDuration", 3_600, 43_200],
    [lambda, "ephemeralStorage.size", 512, 10_240],
    [lambda, "memorySize", 128, 10_240],
    [lambda, "timeout", 1, 900],
    [mapping, "batchSize", 1, 10_000],
    [mapping, "maximumBatchingWindowInSeconds", 0, 300],
    [mapping, "maximumRetryAttempts", -1, 10_000],
    [mapping, "parallelizationFactor", 1, 10],
    [mapping, "scalingConfig.maximumConcurrency", 2, 1_000],
    [schedule, "flexibleTimeWindow.maximumWindowInMinutes", 1, 1_440],
    [schedule, "target.retryPolicy.maximumEventAgeInSeconds", 60, 86_400],
    [schedule, "target.retryPolicy.maximumRetryAttempts", 0, 185],
    [ruleTarget, "retryPolicy.maximumEventAgeInSeconds", 60, 86_400],
    [ruleTarget, "retryPolicy.maximumRetryAttempts", 0, 185],
  ])("%s.%s must be from %d to %d, as on AWS", (type, input, min, max) => {
    for (const value of [min, max]) {
      expect(refusing(only(type, input, value))).not.toThrow();
    }
    for (const value of [min - 1, max + 1, min + 0.5, String(min)]) {
      expect(refusing(only(type, input, value))).toThrow(
        `${short(type)} it: ${input} must be a whole number from ${min} to ${max}.`,
      );
    }
  });

  it("may be -1 (no limit) for the age of records, but not 0 to 59", () => {
    for (const age of [-1, 60, 604_800]) {
      expect(refusing(only(mapping, "maximumRecordAgeInSeconds", age))).not.toThrow();
    }
    for (const age of [-2, 0, 59, 604_801]) {
      expect(refusing(only(mapping, "maximumRecordAgeInSeconds", age))).toThrow(
        "EventSourceMapping it: maximumRecordAgeInSeconds must be -1, or a whole number from 60 to 604800.",
      );
    }
  });
});

describe("an attribute of users", () => {
  it.each([true, false])("can have mutable: %j", (mutable) => {
    expect(refusing(only(pool, "schemas.mutable", mutable))).not.toThrow();
  });
});

describe("a text", () => {
  it.each<[Type, string, number, number]>([
    [schedule, "description", 0, 512],
    [schedule, "scheduleExpression", 1, 256],
    [schedule, "scheduleExpressionTimezone", 1, 50],
    [schedule, "target.arn", 1, 1_600],
    [schedule, "target.deadLetterConfig.arn", 1, 1_600],
    [schedule, "target.roleArn", 1, 1_600],
  ])("%s.%s has from %d to %d characters, as on AWS", (type, input, min, max) => {
    for (const length of [min, max]) {
      expect(refusing(only(type, input, "x".repeat(length)))).not.toThrow();
    }
    for (const value of [...(min > 0 ? [""] : []), "x".repeat(max + 1), 1]) {
      expect(refusing(only(type, input, value))).toThrow(
        `${short(type)} it: ${input} must be a string of ${min} to ${max} characters.`,
      );
    }
  });
});

describe("an input whose effect does not run here", () => {
  it.each<[Type, string, unknown]>([
    [api, "additionalAuthenticationProviders.openidConnectConfig", { issuer: "https://example.com" }],
    [api, "apiType", "MERGED"],
    [api, "mergedApiExecutionRoleArn", "arn:aws:iam::000000000000:role/merge"],
    [api, "openidConnectConfig", { issuer: "https://example.com" }],
    [api, "visibility", "PRIVATE"],
    [source, "dynamodbConfig.deltaSyncConfig", { deltaSyncTableName: "delta" }],
    [source, "dynamodbConfig.useCallerCredentials", true],
    [source, "dynamodbConfig.versioned", true],
    [source, "elasticsearchConfig", { endpoint: "https://example.com" }],
    [source, "opensearchserviceConfig", { endpoint: "https://example.com" }],
    [source, "relationalDatabaseConfig", { sourceType: "RDS_HTTP_ENDPOINT" }],
    [resolver, "requestTemplate", "{}"],
    [resolver, "responseTemplate", "{}"],
    [resolver, "syncConfig", { conflictDetection: "VERSION" }],
    [pipelineFunction, "functionVersion", "2017-02-28"],
    [pipelineFunction, "requestMappingTemplate", "{}"],
    [pipelineFunction, "responseMappingTemplate", "{}"],
    [pipelineFunction, "syncConfig", { conflictDetection: "VERSION" }],
    [pool, "deviceConfiguration", {}],
    [pool, "emailMfaConfiguration", { message: "{####}" }],
    [pool, "lambdaConfig.postConfirmation", "arn"],
    [pool, "mfaConfiguration", "ON"],
    [pool, "passwordPolicy.passwordHistorySize", 1],
    [pool, "schemas.attributeDataType", "DateTime"],
    [pool, "schemas.developerOnlyAttribute", true],
    [pool, "signInPolicy.allowedFirstAuthFactors", ["PASSWORD", "EMAIL_OTP"]],
    [pool, "userPoolAddOns.advancedSecurityMode", "ENFORCED"],
    [pool, "verificationMessageTemplate.defaultEmailOption", "CONFIRM_WITH_LINK"],
    [client, "enablePropagateAdditionalUserContextData", true],
    [client, "explicitAuthFlows", ["ALLOW_USER_SRP_AUTH", "USER_PASSWORD_AUTH"]],
    [client, "readAttributes", ["email"]],
    [client, "supportedIdentityProviders", ["COGNITO", "Google"]],
    [client, "writeAttributes", ["email"]],
    [role, "namePrefix", "it-"],
    [role, "permissionsBoundary", "arn"],
    [lambda, "capacityProviderConfig", {}],
    [lambda, "codeSigningConfigArn", "arn"],
    [lambda, "durableConfig", { executionTimeout: 60 }],
    [lambda, "fileSystemConfig", { arn: "arn", localMountPath: "/mnt/a" }],
    [lambda, "imageConfig", { commands: ["run"] }],
    [lambda, "imageUri", "image"],
    [lambda, "layers", ["arn:aws:lambda:eu-west-1:1:layer:x:1"]],
    [lambda, "packageType", "Image"],
    [lambda, "publishTo", "LATEST_PUBLISHED"],
    [lambda, "s3Bucket", "code"],
    [lambda, "s3Key", "code.zip"],
    [lambda, "s3ObjectVersion", "1"],
    [lambda, "snapStart.applyOn", "PublishedVersions"],
    [lambda, "tenancyConfig", { tenantIsolationMode: "PER_TENANT" }],
    [lambda, "vpcConfig", { subnetIds: ["subnet-1"], securityGroupIds: [] }],
    [mapping, "amazonManagedKafkaEventSourceConfig", {}],
    [mapping, "documentDbEventSourceConfig", {}],
    [mapping, "provisionedPollerConfig", { minimumPollers: 1 }],
    [mapping, "queues", "jobs"],
    [mapping, "selfManagedEventSource", {}],
    [mapping, "selfManagedKafkaEventSourceConfig", {}],
    [mapping, "sourceAccessConfigurations", [{ type: "BASIC_AUTH", uri: "arn" }]],
    [mapping, "startingPosition", "AT_TIMESTAMP"],
    [mapping, "startingPositionTimestamp", "2026-01-01T00:00:00Z"],
    [mapping, "topics", ["jobs"]],
    [mapping, "tumblingWindowInSeconds", 30],
    [permission, "eventSourceToken", "token"],
    [permission, "functionUrlAuthType", "NONE"],
    [permission, "invokedViaFunctionUrl", true],
    [permission, "statementIdPrefix", "it-"],
    [bucket, "accelerationStatus", "Enabled"],
    [bucket, "acl", "public-read"],
    [bucket, "bucketNamespace", "account-regional"],
    [bucket, "bucketPrefix", "it-"],
    [bucket, "corsRules", [{}]],
    [bucket, "grants", [{}]],
    [bucket, "lifecycleRules", [{}]],
    [bucket, "logging", {}],
    [bucket, "objectLockConfiguration", {}],
    [bucket, "objectLockEnabled", true],
    [bucket, "policy", "{}"],
    [bucket, "replicationConfiguration", {}],
    [bucket, "requestPayer", "Requester"],
    [bucket, "serverSideEncryptionConfiguration", {}],
    [bucket, "versioning", {}],
    [bucket, "website", {}],
    [versioning, "mfa", "serial 123456"],
    [versioning, "versioningConfiguration.mfaDelete", "Enabled"],
    [rule, "namePrefix", "it-"],
    [rule, "roleArn", "arn"],
    [ruleTarget, "ecsTarget", {}],
    [ruleTarget, "httpTarget", {}],
    [ruleTarget, "kinesisTarget", {}],
    [schedule, "kmsKeyArn", "arn"],
    [schedule, "namePrefix", "it-"],
    [schedule, "target.ecsParameters", {}],
    [schedule, "target.eventbridgeParameters", {}],
    [schedule, "target.kinesisParameters", {}],
    [schedule, "target.sagemakerPipelineParameters", {}],
    [queue, "deduplicationScope", "message"],
    [queue, "fifoThroughputLimit", "none"],
    [queue, "namePrefix", "it-"],
    [table, "importTable", {}],
    [table, "restoreSourceName", "other"],
  ])("%s.%s is refused by name", (type, input, value) => {
    expect(refusing(only(type, input, value))).toThrow(`${short(type)} it: ${input} `);
  });

  it.each<[Type, string, unknown]>([
    [queue, "fifoQueue", false],
    [queue, "contentBasedDeduplication", false],
    [lambda, "layers", []],
    [lambda, "packageType", "Zip"],
    [lambda, "snapStart.applyOn", "None"],
    [lambda, "vpcConfig", { subnetIds: [], securityGroupIds: [], ipv6AllowedForDualStack: false }],
    [mapping, "tumblingWindowInSeconds", 0],
    [pool, "passwordPolicy.passwordHistorySize", 0],
    [pool, "userPoolAddOns.advancedSecurityMode", "OFF"],
    [client, "supportedIdentityProviders", ["COGNITO"]],
    [bucket, "objectLockEnabled", false],
    [notification, "lambdaFunctions", []],
    [versioning, "versioningConfiguration.mfaDelete", "Disabled"],
    [api, "visibility", "GLOBAL"],
    [api, "openidConnectConfig", null],
  ])("%s.%s has no effect when it is %j", (type, input, value) => {
    expect(refusing(only(type, input, value))).not.toThrow();
    expect(idle(only(type, input, value))).toEqual([]);
  });
});

describe("an input with a list of values", () => {
  it.each<[Type, string, readonly unknown[], unknown]>([
    [api, "introspectionConfig", ["ENABLED", "DISABLED"], "OFF"],
    [api, "logConfig.fieldLogLevel", ["NONE", "ERROR", "INFO", "DEBUG", "ALL"], "WARN"],
    [api, "userPoolConfig.defaultAction", ["ALLOW", "DENY"], "allow"],
    [resolver, "kind", ["UNIT", "PIPELINE"], "pipeline"],
    [resolver, "runtime.runtimeVersion", ["1.0.0"], "1.1.0"],
    [pool, "aliasAttributes", [["phone_number", "email", "preferred_username"]], ["email", "name"]],
    [pool, "usernameAttributes", [["phone_number", "email"]], ["preferred_username"]],
    [client, "preventUserExistenceErrors", ["ENABLED", "LEGACY"], "DISABLED"],
    [client, "tokenValidityUnits.idToken", ["seconds", "minutes", "hours", "days"], "weeks"],
    [mapping, "functionResponseTypes", [[], ["ReportBatchItemFailures"]], ["ReportAll"]],
    [lambda, "loggingConfig.logFormat", ["Text", "JSON"], "Xml"],
    [cors, "corsRules.allowedMethods", [["GET", "PUT", "HEAD", "POST", "DELETE"]], ["GET", "PATCH"]],
    [versioning, "versioningConfiguration.status", ["Enabled", "Suspended", "Disabled"], "On"],
    [schedule, "state", ["ENABLED", "DISABLED"], "PAUSED"],
    [table, "attributes.type", ["S", "N", "B"], "BOOL"],
    [table, "billingMode", ["PROVISIONED", "PAY_PER_REQUEST"], "ON_DEMAND"],
    [table, "streamViewType", ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], "ALL"],
  ])("%s.%s accepts %j, and not %j", (type, input, taken, other) => {
    for (const value of taken) {
      expect(refusing(only(type, input, value))).not.toThrow();
    }
    expect(refusing(only(type, input, other))).toThrow(`${short(type)} it: ${input} must be `);
  });

  it("refuses one wrong value among valid ones", () => {
    const rules = [{ allowedMethods: ["GET"] }, { allowedMethods: ["GET", "PATCH"] }];
    expect(refusing(graphOf(cors, { corsRules: rules }))).toThrow(
      'BucketCorsConfiguration it: corsRules.allowedMethods must be GET or PUT or HEAD or POST or DELETE, not "PATCH".',
    );
  });
});

describe("inputs", () => {
  it("without effect are listed, and those with effect or not given are not", () => {
    const inputs = { hashKey: "id", replicas: [{ regionName: "eu-west-2" }], tags: {}, ttl: null };
    expect(idle(graphOf(table, inputs))).toEqual(["Table.replicas", "Table.tags"]);
  });

  it.each<[Type, object, readonly string[]]>([
    [
      api,
      { xrayEnabled: true, logConfig: { cloudwatchLogsRoleArn: "arn", fieldLogLevel: "ALL" } },
      ["GraphQLApi.xrayEnabled", "GraphQLApi.logConfig.cloudwatchLogsRoleArn"],
    ],
    [
      cache,
      { atRestEncryptionEnabled: true, type: "SMALL" },
      ["ApiCache.atRestEncryptionEnabled", "ApiCache.type"],
    ],
    [
      pool,
      { mfaConfiguration: "OPTIONAL", verificationMessageTemplate: { emailMessage: "{####}" } },
      ["UserPool.mfaConfiguration", "UserPool.verificationMessageTemplate.emailMessage"],
    ],
    [client, { callbackUrls: ["https://example.com"] }, ["UserPoolClient.callbackUrls"]],
    [role, { maxSessionDuration: 3_600 }, ["Role.maxSessionDuration"]],
    [
      lambda,
      { architectures: ["arm64"], tracingConfig: { mode: "Active" }, timeout: 3 },
      ["Function.architectures", "Function.tracingConfig.mode"],
    ],
    [mapping, { kmsKeyArn: "arn", enabled: false }, ["EventSourceMapping.kmsKeyArn"]],
    [bucket, { forceDestroy: true }, ["Bucket.forceDestroy"]],
    [schedule, { actionAfterCompletion: "DELETE" }, ["Schedule.actionAfterCompletion"]],
    [
      table,
      { globalSecondaryIndexes: [{ readCapacity: 1 }, { readCapacity: 2 }] },
      ["Table.globalSecondaryIndexes.readCapacity"],
    ],
  ])("of %s without effect are listed: %j", (type, inputs, listed) => {
    expect(idle(graphOf(type, inputs))).toEqual(listed);
  });

  it("are counted by resources, not by the items of their lists", () => {
    const indexes = { globalSecondaryIndexes: [{ readCapacity: 1 }, { readCapacity: 2 }] };
    expect([...idleInputs(graphOf(table, indexes)).values()]).toEqual([1]);
  });

  it("that the provider does not know are refused, also inside of others", () => {
    expect(refusing(graphOf(queue, { delay: 5 }))).toThrow("Queue it: delay is not an input");
    expect(refusing(only(pool, "passwordPolicy.length", 5))).toThrow(
      "UserPool it: passwordPolicy.length is not an input",
    );
    expect(refusing(only(queue, "constructor", 5))).toThrow("Queue it: constructor is not an input");
  });

  it("with a string in place of an object are refused", () => {
    expect(refusing(graphOf(pool, { passwordPolicy: "strong" }))).toThrow(
      "UserPool it: passwordPolicy must be an object",
    );
  });

  it.each<[Type, string, object]>([
    [source, "dynamodbConfig.region", { arn: "arn:aws:appsync:eu-west-1:000000000000:apis/a/datasources/s" }],
    [api, "userPoolConfig.awsRegion", { arn: "arn:aws:appsync:eu-west-1:000000000000:apis/a" }],
  ])("%s.%s may only be the region of the resource itself", (type, input, outputs) => {
    const inRegion = (region: string) => {
      const [outer = "", inner = ""] = input.split(".");
      return graphOf(type, { [outer]: { [inner]: region } }, outputs);
    };
    expect(refusing(inRegion("eu-west-1"))).not.toThrow();
    expect(refusing(inRegion("eu-west-2"))).toThrow(`${input} must be the resource's own region (eu-west-1)`);
  });

  it("of a user pool name users by aliases or by attributes, not by both", () => {
    const both = { aliasAttributes: ["email"], usernameAttributes: ["email"] };
    expect(refusing(graphOf(pool, both))).toThrow("UserPool it: usernameAttributes excludes aliasAttributes");
  });

  it("that subscribe an email address to a topic are listed as idle, and other endpoints that do not run are refused", () => {
    const type = "aws:sns/topicSubscription:TopicSubscription";
    expect(idle(graphOf(type, { protocol: "lambda" }))).toEqual([]);
    expect(idle(graphOf(type, { protocol: "email" }))).toEqual(["TopicSubscription.protocol"]);
    expect(refusing(graphOf(type, { protocol: "https" }))).toThrow("protocol https is not supported locally");
  });

  it.each(["dev", "prod"])("of the program itself are all accepted: %s", async (stack) => {
    const graph = await programOf(stack);
    expect(refusing(graph)).not.toThrow();
    expect(idle(graph)).toContain("GraphQLApi.xrayEnabled");
  });
});
