import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Names that must be known before the resource is made, because a policy mentions them. */
export const physicalName = (name: string): string => `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;

/** Where CloudWatch keeps what the stack's functions count. */
export const metricsNamespace = (): string => `Darkroom/${pulumi.getStack()}`;

/** Where the stack lives: account and region, asked for once. */
export const here = {
  accountId: aws.getCallerIdentityOutput().accountId,
  region: aws.getRegionOutput().region,
};

/** Gives every resource that takes tags the project's and the stack's. */
export function tagEverything(): void {
  const tags = { project: pulumi.getProject(), stack: pulumi.getStack(), "managed-by": "pulumi" };
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    taggable.has(type) ? { props: { ...(props as object), tags }, opts } : undefined,
  );
}

const taggable = new Set([
  "aws:appsync/graphQLApi:GraphQLApi",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:cognito/userPool:UserPool",
  "aws:dynamodb/table:Table",
  "aws:iam/role:Role",
  "aws:kms/key:Key",
  "aws:lambda/eventSourceMapping:EventSourceMapping",
  "aws:lambda/function:Function",
  "aws:s3/bucket:Bucket",
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
]);
