/** A managed policy has 6,144 characters at most, so a role has several. */
export const parts = ["state", "compute", "data", "access", "watch"] as const;

export type Part = (typeof parts)[number];

/** What a deployment calls for one type of resource. Actions have no prefix: `service` is it. */
export interface Permissions {
  readonly part: Part;
  readonly service: string;
  /** Called to create, change and delete. */
  readonly writes: readonly string[];
  /** Called to read, also by previews that refresh. */
  readonly reads: readonly string[];
  /** The ends of ARNs after the account, such as `function:darkroom-STACK-*`. STACK is each stack's name. */
  readonly resources: readonly string[];
  /** The resource has no region in its ARN. */
  readonly global?: true;
  /** Buckets have neither region nor account in their ARN. */
  readonly bucket?: true;
  /** What AWS allows on all resources or on none, and what creates resources without a name. */
  readonly anywhere?: { readonly writes?: readonly string[]; readonly reads?: readonly string[] };
  /** The resources have no names of their own. They are told apart by the tag `project`. */
  readonly tagged?: true;
  /** Roles of the program that the type gives to a service. */
  readonly passes?: readonly string[];
}

const tagging = ["TagResource", "UntagResource"];
const listTags = "ListTagsForResource";

/** AppSync documents no resources for most actions that manage an API, so none can be named. */
const appsync = (name: string, more: Partial<Permissions> = {}): Permissions => ({
  part: "compute",
  service: "appsync",
  writes: [],
  reads: [],
  anywhere: { writes: [`Create${name}`, `Update${name}`, `Delete${name}`], reads: [`Get${name}`] },
  resources: [],
  ...more,
});

const bucket = (writes: readonly string[], reads: readonly string[]): Permissions => ({
  part: "data",
  service: "s3",
  writes,
  reads,
  resources: ["access-logs-*", "pipeline-failed-changes-*", "uploads-*", "web-*"],
  bucket: true,
});

const cloudfront = (name: string, resource: string, more: Partial<Permissions> = {}): Permissions => ({
  part: "watch",
  service: "cloudfront",
  writes: [`Create${name}`, `Update${name}`, `Delete${name}`],
  reads: [`Get${name}`, `Get${name}Config`],
  resources: [`${resource}/*`],
  global: true,
  ...more,
});

const pool = (writes: readonly string[], reads: readonly string[]): Permissions => ({
  part: "access",
  service: "cognito-idp",
  writes,
  reads,
  resources: ["userpool/*"],
  tagged: true,
});

const roles = [
  ...["api-logs", "audit-schedule", "deliver", "erase", "indexer", "ingest", "label", "operator", "presign"],
  ...["purge", "relay", "restore", "source", "sweep", "thumbnail", "webhooks"],
].map((name) => `role/${name}-*`);

const role = (writes: readonly string[], reads: readonly string[]): Permissions => ({
  part: "access",
  service: "iam",
  writes,
  reads,
  resources: roles,
  global: true,
});

const queue = (writes: readonly string[]): Permissions => ({
  part: "compute",
  service: "sqs",
  writes,
  reads: ["GetQueueAttributes", "GetQueueUrl", "ListQueueTags"],
  resources: ["callbacks-*", "erasure-*", "pipeline-*", "purge-*", "search-*", "thumbnails-*", "uploads-*"],
});

const topic = (writes: readonly string[]): Permissions => ({
  part: "watch",
  service: "sns",
  writes,
  reads: ["GetTopicAttributes", listTags],
  resources: ["operations-*"],
});

/** A type that the program declares and that has no line here fails test/infra/deployer.test.ts. */
export const permissions: Readonly<Record<string, Permissions>> = {
  "aws:appsync/dataSource:DataSource": appsync("DataSource", { passes: ["appsync.amazonaws.com"] }),
  "aws:appsync/function:Function": appsync("Function"),
  "aws:appsync/graphQLApi:GraphQLApi": appsync("GraphqlApi", {
    anywhere: {
      writes: [
        ...["CreateGraphqlApi", "UpdateGraphqlApi", "DeleteGraphqlApi", "StartSchemaCreation", "SetWebACL"],
        ...tagging,
      ],
      reads: ["GetGraphqlApi", "GetSchemaCreationStatus", "GetIntrospectionSchema", listTags],
    },
    passes: ["appsync.amazonaws.com"],
  }),
  "aws:appsync/resolver:Resolver": appsync("Resolver"),
  "aws:cloudfront/distribution:Distribution": cloudfront("Distribution", "distribution", {
    writes: ["CreateDistribution", "UpdateDistribution", "DeleteDistribution", ...tagging],
    reads: ["GetDistribution", "GetDistributionConfig", listTags],
  }),
  "aws:cloudfront/originAccessControl:OriginAccessControl": cloudfront(
    "OriginAccessControl",
    "origin-access-control",
  ),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": cloudfront(
    "ResponseHeadersPolicy",
    "response-headers-policy",
  ),
  // Creating a composite alarm asks for the alarms of its rule, on all alarms of the account.
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
    part: "watch",
    service: "cloudwatch",
    writes: ["DeleteAlarms", ...tagging],
    anywhere: { writes: ["PutCompositeAlarm"] },
    reads: ["DescribeAlarms", listTags],
    resources: ["alarm:darkroom-STACK-*"],
  },
  "aws:cloudwatch/contributorInsightRule:ContributorInsightRule": {
    part: "watch",
    service: "cloudwatch",
    writes: ["PutInsightRule", "DeleteInsightRules", "EnableInsightRules", "DisableInsightRules", ...tagging],
    anywhere: { reads: ["DescribeInsightRules"] },
    // CloudWatch asks for the report on behalf of whoever creates an alarm that reads it.
    reads: ["GetInsightRuleReport", listTags],
    resources: ["insight-rule/darkroom-STACK-*"],
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    part: "watch",
    service: "cloudwatch",
    writes: ["PutDashboard", "DeleteDashboards"],
    reads: ["GetDashboard"],
    resources: ["dashboard/darkroom-STACK-*"],
    global: true,
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    part: "watch",
    service: "logs",
    writes: [
      ...["CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy"],
      ...tagging,
    ],
    anywhere: { reads: ["DescribeLogGroups"] },
    reads: [listTags],
    resources: ["log-group:/aws/lambda/darkroom-STACK-*", "log-group:/aws/appsync/apis/*"],
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    part: "watch",
    service: "logs",
    writes: ["PutMetricFilter", "DeleteMetricFilter"],
    reads: ["DescribeMetricFilters"],
    resources: ["log-group:/aws/appsync/apis/*"],
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    part: "watch",
    service: "cloudwatch",
    writes: ["PutMetricAlarm", "DeleteAlarms", ...tagging],
    reads: ["DescribeAlarms", listTags],
    resources: ["alarm:darkroom-STACK-*"],
  },
  "aws:cloudwatch/queryDefinition:QueryDefinition": {
    part: "watch",
    service: "logs",
    writes: [],
    reads: [],
    anywhere: {
      writes: ["PutQueryDefinition", "DeleteQueryDefinition"],
      reads: ["DescribeQueryDefinitions"],
    },
    resources: [],
  },
  "aws:cognito/userGroup:UserGroup": pool(["CreateGroup", "UpdateGroup", "DeleteGroup"], ["GetGroup"]),
  "aws:cognito/userPool:UserPool": {
    ...pool(
      [
        ...["UpdateUserPool", "DeleteUserPool", "SetUserPoolMfaConfig", "AddCustomAttributes", ...tagging],
        // WAF asks for them as well: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-waf.html
        ...["AssociateWebACL", "DisassociateWebACL"],
      ],
      ["DescribeUserPool", "GetUserPoolMfaConfig", "GetWebACLForResource", listTags],
    ),
    anywhere: { writes: ["CreateUserPool"] },
  },
  "aws:cognito/userPoolClient:UserPoolClient": pool(
    ["CreateUserPoolClient", "UpdateUserPoolClient", "DeleteUserPoolClient"],
    ["DescribeUserPoolClient"],
  ),
  "aws:dynamodb/table:Table": {
    part: "data",
    service: "dynamodb",
    writes: [
      ...["CreateTable", "UpdateTable", "DeleteTable", "UpdateContinuousBackups", "UpdateTimeToLive"],
      ...tagging,
    ],
    reads: ["DescribeTable", "DescribeContinuousBackups", "DescribeTimeToLive", "ListTagsOfResource"],
    resources: ["table/tables-*"],
  },
  "aws:iam/role:Role": role(
    [
      ...["CreateRole", "UpdateRole", "UpdateRoleDescription", "UpdateAssumeRolePolicy", "DeleteRole"],
      ...["TagRole", "UntagRole"],
    ],
    [
      ...["GetRole", "ListRolePolicies", "ListAttachedRolePolicies", "ListInstanceProfilesForRole"],
      "ListRoleTags",
    ],
  ),
  "aws:iam/rolePolicy:RolePolicy": role(["PutRolePolicy", "DeleteRolePolicy"], ["GetRolePolicy"]),
  "aws:kms/key:Key": {
    part: "access",
    service: "kms",
    writes: [
      ...["PutKeyPolicy", "UpdateKeyDescription", "EnableKeyRotation", "DisableKeyRotation", "EnableKey"],
      ...["DisableKey", "ScheduleKeyDeletion", ...tagging],
    ],
    anywhere: { writes: ["CreateKey", "TagResource"] },
    reads: ["DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags"],
    resources: ["key/*"],
    tagged: true,
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": {
    part: "compute",
    service: "lambda",
    writes: ["UpdateEventSourceMapping", "DeleteEventSourceMapping", ...tagging],
    anywhere: { writes: ["CreateEventSourceMapping"] },
    reads: ["GetEventSourceMapping", "ListTags"],
    resources: ["event-source-mapping:*"],
  },
  "aws:lambda/function:Function": {
    part: "compute",
    service: "lambda",
    writes: [
      ...["CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "DeleteFunction"],
      ...["PutFunctionConcurrency", "DeleteFunctionConcurrency", ...tagging],
    ],
    reads: [
      ...[
        "GetFunction",
        "GetFunctionConfiguration",
        "GetFunctionConcurrency",
        "GetFunctionCodeSigningConfig",
      ],
      ...["ListVersionsByFunction", "ListTags"],
    ],
    resources: ["function:darkroom-STACK-*"],
    passes: ["lambda.amazonaws.com"],
  },
  "aws:s3/bucket:Bucket": bucket(
    ["CreateBucket", "DeleteBucket", "PutBucketTagging", ...tagging],
    [
      ...["ListBucket", "ListBucketVersions", "GetBucketLocation", "GetBucketTagging", listTags],
      // The provider reads all settings of a bucket.
      ...["GetBucketAcl", "GetBucketLogging", "GetBucketWebsite", "GetBucketRequestPayment"],
      ...["GetAccelerateConfiguration", "GetReplicationConfiguration", "GetBucketObjectLockConfiguration"],
    ],
  ),
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": bucket(["PutBucketCORS"], ["GetBucketCORS"]),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucket(
    ["PutLifecycleConfiguration"],
    ["GetLifecycleConfiguration"],
  ),
  "aws:s3/bucketNotification:BucketNotification": bucket(
    ["PutBucketNotification"],
    ["GetBucketNotification"],
  ),
  // Files of the gallery only: nobody who deploys reads or removes pictures.
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    ...bucket(["PutObject", "DeleteObject", "PutObjectTagging"], ["GetObject", "GetObjectTagging"]),
    resources: ["web-*/*"],
  },
  "aws:s3/bucketLogging:BucketLogging": bucket(["PutBucketLogging"], ["GetBucketLogging"]),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucket(
    ["PutBucketOwnershipControls"],
    ["GetBucketOwnershipControls"],
  ),
  "aws:s3/bucketPolicy:BucketPolicy": bucket(["PutBucketPolicy", "DeleteBucketPolicy"], ["GetBucketPolicy"]),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucket(
    ["PutBucketPublicAccessBlock"],
    ["GetBucketPublicAccessBlock"],
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucket(
    ["PutEncryptionConfiguration"],
    ["GetEncryptionConfiguration"],
  ),
  "aws:s3/bucketVersioning:BucketVersioning": bucket(["PutBucketVersioning"], ["GetBucketVersioning"]),
  "aws:scheduler/schedule:Schedule": {
    part: "compute",
    service: "scheduler",
    writes: ["CreateSchedule", "UpdateSchedule", "DeleteSchedule"],
    reads: ["GetSchedule"],
    resources: ["schedule/default/darkroom-STACK-*"],
    passes: ["scheduler.amazonaws.com"],
  },
  "aws:sns/topic:Topic": topic(["CreateTopic", "DeleteTopic", "SetTopicAttributes", ...tagging]),
  "aws:sns/topicPolicy:TopicPolicy": topic(["SetTopicAttributes"]),
  "aws:sns/topicSubscription:TopicSubscription": {
    ...topic(["Subscribe", "SetSubscriptionAttributes"]),
    anywhere: { writes: ["Unsubscribe"] },
    reads: ["GetSubscriptionAttributes"],
  },
  "aws:sqs/queue:Queue": queue([
    "CreateQueue",
    "DeleteQueue",
    "SetQueueAttributes",
    "TagQueue",
    "UntagQueue",
  ]),
  "aws:sqs/queuePolicy:QueuePolicy": queue(["SetQueueAttributes"]),
  "aws:wafv2/webAcl:WebAcl": {
    part: "watch",
    service: "wafv2",
    writes: ["CreateWebACL", "UpdateWebACL", "DeleteWebACL", ...tagging],
    reads: ["GetWebACL", listTags],
    resources: ["regional/webacl/darkroom-STACK-*"],
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    part: "watch",
    service: "wafv2",
    writes: ["AssociateWebACL"],
    reads: [],
    resources: ["regional/webacl/darkroom-STACK-*"],
    // On the API and the user pool, whose ARNs have no name.
    anywhere: { writes: ["DisassociateWebACL"], reads: ["GetWebACLForResource"] },
  },
};

export const programRoles = roles;
