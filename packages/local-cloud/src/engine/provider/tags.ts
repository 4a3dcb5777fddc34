import type { InputsOf } from "../../base/graph.ts";
import { EvaluationError } from "../error.ts";
import { UNKNOWN } from "../values.ts";

export type Tags = Readonly<Record<string, string>>;

/** Types that run here and take tags. A missing one does not compile. */
const runs: {
  readonly [Type in keyof InputsOf as "tags" extends keyof InputsOf[Type] ? Type : never]: true;
} = {
  "aws:appsync/graphQLApi:GraphQLApi": true,
  "aws:cloudfront/distribution:Distribution": true,
  "aws:cloudwatch/eventBus:EventBus": true,
  "aws:cloudwatch/eventRule:EventRule": true,
  "aws:cognito/userPool:UserPool": true,
  "aws:dynamodb/table:Table": true,
  "aws:iam/policy:Policy": true,
  "aws:iam/role:Role": true,
  "aws:lambda/eventSourceMapping:EventSourceMapping": true,
  "aws:lambda/function:Function": true,
  "aws:s3/bucket:Bucket": true,
  "aws:s3/bucketObjectv2:BucketObjectv2": true,
  "aws:sns/topic:Topic": true,
  "aws:sqs/queue:Queue": true,
};

const taggable: ReadonlySet<string> = new Set([
  ...Object.keys(runs),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  "aws:cloudwatch/contributorInsightRule:ContributorInsightRule",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  "aws:kms/key:Key",
  "aws:scheduler/scheduleGroup:ScheduleGroup",
  "aws:secretsmanager/secret:Secret",
  "aws:wafv2/webAcl:WebAcl",
]);

/** The output `tagsAll`: the provider's default tags, and the resource's own, which override them. */
export function tagsAllOf(type: string, own: unknown, defaults: Tags): { readonly tagsAll?: unknown } {
  if (!taggable.has(type)) {
    return {};
  }
  return { tagsAll: own === UNKNOWN ? UNKNOWN : { ...defaults, ...(own as Tags | undefined) } };
}

/**
 * Reads `defaultTags` of the stack's settings or of an `aws.Provider`: JSON of `{ tags: { NAME: VALUE } }`.
 *
 * @throws `EvaluationError` ConfigInvalid.
 */
export function readDefaultTags(setting: unknown): Tags {
  if (setting === undefined) {
    return {};
  }
  const read = typeof setting === "string" ? parsed(setting) : setting;
  if (!isRecord(read) || Object.keys(read).some((key) => key !== "tags") || !isTags(read["tags"])) {
    const given = typeof setting === "string" ? setting : JSON.stringify(setting);
    throw new EvaluationError(
      "ConfigInvalid",
      `aws:defaultTags must be an object with "tags" of texts by name, not ${given}.`,
    );
  }
  return read["tags"];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTags = (value: unknown): value is Tags =>
  isRecord(value) && Object.values(value).every((tag) => typeof tag === "string");
