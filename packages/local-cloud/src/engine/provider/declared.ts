import type { DeclaredModels, Place } from "./model.ts";

const named = (maxLength: number) => ({ property: "name", maxLength });

/** A type whose id is the value of one of its inputs. */
const idFrom = (property: string) => ({
  compute: (inputs: Record<string, string>) => ({ id: inputs[property] ?? "" }),
});

/** A named type with an ARN. Its id is the ARN or the name, as `idIs` says. */
const withArn = (
  service: string,
  resource: (at: Place) => string,
  maxLength: number,
  idIs: "arn" | "name",
) => ({
  named: named(maxLength),
  compute: (_inputs: Record<string, string>, at: Place) => {
    const arn = at.arn(service, resource(at));
    return { id: idIs === "arn" ? arn : at.name, name: at.name, arn };
  },
});

/** Types that the engine knows and that have no effect here. The start lists them. */
export const declared: DeclaredModels = {
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
    named: { property: "alarmName", maxLength: 255 },
    compute: (_inputs, at) => ({
      id: at.name,
      alarmName: at.name,
      arn: at.arn("cloudwatch", `alarm:${at.name}`),
    }),
  },
  "aws:cloudwatch/contributorInsightRule:ContributorInsightRule": {
    named: { property: "ruleName", maxLength: 128 },
    compute: (_inputs, at) => ({
      id: at.name,
      ruleName: at.name,
      resourceArn: at.arn("cloudwatch", `insight-rule/${at.name}`),
    }),
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    named: { property: "dashboardName", maxLength: 255 },
    compute: (_inputs, at) => ({
      id: at.name,
      dashboardName: at.name,
      dashboardArn: at.globalArn("cloudwatch", `dashboard/${at.name}`),
    }),
  },
  "aws:cloudwatch/logGroup:LogGroup": withArn("logs", (at) => `log-group:${at.name}`, 512, "name"),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    named: named(512),
    compute: (_inputs, at) => ({ id: at.name, name: at.name }),
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": withArn("cloudwatch", (at) => `alarm:${at.name}`, 255, "name"),
  "aws:cloudwatch/queryDefinition:QueryDefinition": {
    named: named(255),
    compute: (_inputs, at) => ({
      id: at.uuid(),
      name: at.name,
      queryDefinitionId: at.uuid(),
      arn: at.arn("logs", `query-definition:${at.uuid()}`),
    }),
  },
  "aws:cognito/userPoolDomain:UserPoolDomain": idFrom("domain"),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    compute: ({ url = "" }, at) => {
      const arn = at.globalArn("iam", `oidc-provider/${url.replace(/^https:\/\//, "")}`);
      return { id: arn, arn };
    },
  },
  "aws:kms/alias:Alias": {
    named: { ...named(256), prefix: "alias/", pattern: /^alias\/[a-zA-Z0-9/_-]+$/ },
    compute: ({ targetKeyId = "" }, at) => ({
      id: at.name,
      name: at.name,
      arn: at.arn("kms", at.name),
      targetKeyArn: targetKeyId.startsWith("arn:") ? targetKeyId : at.arn("kms", `key/${targetKeyId}`),
    }),
  },
  "aws:kms/key:Key": {
    compute: (_inputs, at) => ({
      id: at.uuid(),
      keyId: at.uuid(),
      arn: at.arn("kms", `key/${at.uuid()}`),
    }),
  },
  "aws:lambda/alias:Alias": {
    named: named(128),
    compute: ({ functionName = "" }, at) => {
      const target = functionName.startsWith("arn:")
        ? functionName
        : at.arn("lambda", `function:${functionName}`);
      const arn = `${target}:${at.name}`;
      const invokeArn = `arn:aws:apigateway:${at.region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
      return { id: arn, name: at.name, arn, invokeArn };
    },
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": idFrom("functionName"),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": idFrom("bucket"),
  "aws:s3/bucketLogging:BucketLogging": idFrom("bucket"),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": idFrom("bucket"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": idFrom("bucket"),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": idFrom("bucket"),
  "aws:scheduler/scheduleGroup:ScheduleGroup": withArn(
    "scheduler",
    (at) => `schedule-group/${at.name}`,
    64,
    "name",
  ),
  "aws:secretsmanager/secret:Secret": withArn(
    "secretsmanager",
    (at) => `secret:${at.name}-${at.hex(6, "suffix")}`,
    512,
    "arn",
  ),
  "aws:secretsmanager/secretVersion:SecretVersion": {
    compute: ({ secretId = "" }, at) => ({
      id: `${secretId}|${at.uuid()}`,
      arn: secretId,
      secretArn: secretId,
      versionId: at.uuid(),
    }),
  },
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": idFrom("queueUrl"),
  "aws:wafv2/webAcl:WebAcl": {
    named: named(128),
    compute: ({ scope }, at) => ({
      id: at.uuid(),
      name: at.name,
      arn: at.arn(
        "wafv2",
        `${scope === "CLOUDFRONT" ? "global" : "regional"}/webacl/${at.name}/${at.uuid()}`,
      ),
    }),
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    compute: ({ webAclArn = "", resourceArn = "" }) => ({ id: `${webAclArn},${resourceArn}` }),
  },
};
