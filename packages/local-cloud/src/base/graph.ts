import type * as aws from "@pulumi/aws";
import type { OutputInstance, Resource as PulumiResource } from "@pulumi/pulumi";

/** The account of all local resources. No AWS account has this number. */
export const ACCOUNT_ID = "000000000000";

/**
 * The resources that the program declares. It is all that `engine/` passes to the services. Inputs and outputs are plain
 * JSON. Secrets are unwrapped, and their paths are listed.
 */
export interface Graph {
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly Resource[];
  /** The program's exports. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface Resource<Inputs = Readonly<Record<string, unknown>>, Outputs = Computed> {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** False for components, which only group other resources. */
  readonly custom: boolean;
  readonly parent?: string;
  readonly id: string;
  readonly inputs: Inputs;
  /** Inputs, and what the provider computes: ARNs, names, URLs, defaults. */
  readonly outputs: Inputs & Outputs;
  /** Paths of the inputs that are secret, such as `environment.variables.KEY`. */
  readonly secretInputs: readonly string[];
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace?: boolean;
}

/** Outputs that most types share; `OutputsOf` says exactly which type has which. */
interface Computed {
  readonly arn: string;
  readonly name: string;
}

/** A file's text, or its location. A path is relative to the program's folder. */
export type Asset = { readonly text: string } | { readonly path: string } | { readonly uri: string };

/** Named assets and archives, a folder or archive file, or a URL. */
export type Archive =
  | { readonly assets: Readonly<Record<string, Asset | Archive>> }
  | { readonly path: string }
  | { readonly uri: string };

/** Arguments as they reach the engine: without promises and outputs, a resource as its id. */
type Plain<T> =
  T extends Promise<infer Value>
    ? Plain<Value>
    : T extends OutputInstance<infer Value>
      ? Plain<Value>
      : T extends string | number | boolean | null | undefined
        ? T
        : T extends PulumiResource
          ? never
          : T extends readonly (infer Value)[]
            ? Plain<Value>[]
            : { [Key in keyof T]: Plain<T[Key]> };

/** Arguments with a policy document, which is JSON text even if the program gives an object. */
type WithDocument<T, Key extends keyof T> = Omit<Plain<T>, Key> & Record<Key, string>;

/** The resource types that run here, by Pulumi token, with the shape of their inputs. */
export interface InputsOf {
  "aws:appsync/apiCache:ApiCache": Plain<aws.appsync.ApiCacheArgs>;
  "aws:appsync/apiKey:ApiKey": Plain<aws.appsync.ApiKeyArgs>;
  "aws:appsync/dataSource:DataSource": Plain<aws.appsync.DataSourceArgs>;
  "aws:appsync/function:Function": Plain<aws.appsync.FunctionArgs>;
  "aws:appsync/graphQLApi:GraphQLApi": Plain<aws.appsync.GraphQLApiArgs>;
  "aws:appsync/resolver:Resolver": Plain<aws.appsync.ResolverArgs>;
  "aws:cloudfront/distribution:Distribution": Plain<aws.cloudfront.DistributionArgs>;
  "aws:cloudfront/originAccessControl:OriginAccessControl": Plain<aws.cloudfront.OriginAccessControlArgs>;
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": Plain<aws.cloudfront.ResponseHeadersPolicyArgs>;
  "aws:cloudwatch/eventBus:EventBus": Plain<aws.cloudwatch.EventBusArgs>;
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": WithDocument<aws.cloudwatch.EventBusPolicyArgs, "policy">;
  "aws:cloudwatch/eventPermission:EventPermission": Plain<aws.cloudwatch.EventPermissionArgs>;
  "aws:cloudwatch/eventRule:EventRule": Plain<aws.cloudwatch.EventRuleArgs>;
  "aws:cloudwatch/eventTarget:EventTarget": Plain<aws.cloudwatch.EventTargetArgs>;
  "aws:cognito/userGroup:UserGroup": Plain<aws.cognito.UserGroupArgs>;
  "aws:cognito/userPool:UserPool": Plain<aws.cognito.UserPoolArgs>;
  "aws:cognito/userPoolClient:UserPoolClient": Plain<aws.cognito.UserPoolClientArgs>;
  "aws:dynamodb/table:Table": Plain<aws.dynamodb.TableArgs>;
  "aws:iam/policy:Policy": WithDocument<aws.iam.PolicyArgs, "policy">;
  "aws:iam/role:Role": WithDocument<aws.iam.RoleArgs, "assumeRolePolicy">;
  "aws:iam/rolePolicy:RolePolicy": WithDocument<aws.iam.RolePolicyArgs, "policy">;
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Plain<aws.iam.RolePolicyAttachmentArgs>;
  "aws:lambda/eventSourceMapping:EventSourceMapping": Plain<aws.lambda.EventSourceMappingArgs>;
  "aws:lambda/function:Function": Omit<Plain<aws.lambda.FunctionArgs>, "code"> & { code?: Archive };
  "aws:lambda/permission:Permission": Plain<aws.lambda.PermissionArgs>;
  "aws:s3/bucket:Bucket": Plain<aws.s3.BucketArgs>;
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": Plain<aws.s3.BucketCorsConfigurationArgs>;
  "aws:s3/bucketNotification:BucketNotification": Plain<aws.s3.BucketNotificationArgs>;
  "aws:s3/bucketObjectv2:BucketObjectv2": Omit<Plain<aws.s3.BucketObjectv2Args>, "bucket" | "source"> & {
    bucket: string;
    source?: Asset | Archive;
  };
  "aws:s3/bucketPolicy:BucketPolicy": WithDocument<aws.s3.BucketPolicyArgs, "policy">;
  "aws:s3/bucketVersioning:BucketVersioning": Plain<aws.s3.BucketVersioningArgs>;
  "aws:scheduler/schedule:Schedule": Plain<aws.scheduler.ScheduleArgs>;
  "aws:sns/topic:Topic": Omit<Plain<aws.sns.TopicArgs>, "policy"> & { readonly policy?: string };
  "aws:sns/topicPolicy:TopicPolicy": WithDocument<aws.sns.TopicPolicyArgs, "policy">;
  /** A topic given as a resource is its ARN. */
  "aws:sns/topicSubscription:TopicSubscription": Omit<Plain<aws.sns.TopicSubscriptionArgs>, "topic"> & {
    readonly topic: string;
  };
  "aws:sqs/queue:Queue": Plain<aws.sqs.QueueArgs>;
  "aws:sqs/queuePolicy:QueuePolicy": WithDocument<aws.sqs.QueuePolicyArgs, "policy">;
}

type Nothing = object;
interface Arn {
  readonly arn: string;
}

/** What AWS computes for each type. */
export interface OutputsOf {
  "aws:appsync/apiCache:ApiCache": Nothing;
  "aws:appsync/apiKey:ApiKey": { readonly apiKeyId: string; readonly key: string };
  "aws:appsync/dataSource:DataSource": Computed;
  "aws:appsync/function:Function": Computed & { readonly functionId: string };
  "aws:appsync/graphQLApi:GraphQLApi": Computed & {
    readonly uris: { readonly GRAPHQL: string; readonly REALTIME: string };
  };
  "aws:appsync/resolver:Resolver": Arn;
  "aws:cloudfront/distribution:Distribution": Arn & {
    readonly domainName: string;
    readonly hostedZoneId: string;
  };
  "aws:cloudfront/originAccessControl:OriginAccessControl": Computed;
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": Computed;
  "aws:cloudwatch/eventBus:EventBus": Computed;
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": Nothing;
  "aws:cloudwatch/eventPermission:EventPermission": Nothing;
  "aws:cloudwatch/eventRule:EventRule": Computed;
  "aws:cloudwatch/eventTarget:EventTarget": { readonly targetId: string };
  "aws:cognito/userGroup:UserGroup": { readonly name: string };
  /** `endpoint` is the issuer of the pool's tokens, without `https://`. */
  "aws:cognito/userPool:UserPool": Computed & { readonly endpoint: string };
  "aws:cognito/userPoolClient:UserPoolClient": { readonly name: string; readonly clientSecret?: string };
  "aws:dynamodb/table:Table": Computed & { readonly streamArn?: string; readonly streamLabel?: string };
  "aws:iam/policy:Policy": Computed & { readonly policyId: string };
  "aws:iam/role:Role": Computed & { readonly uniqueId: string };
  "aws:iam/rolePolicy:RolePolicy": { readonly name: string };
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Nothing;
  "aws:lambda/eventSourceMapping:EventSourceMapping": Arn & {
    readonly uuid: string;
    readonly functionArn: string;
  };
  "aws:lambda/function:Function": Computed & {
    readonly invokeArn: string;
    readonly qualifiedArn: string;
    readonly version: string;
  };
  "aws:lambda/permission:Permission": { readonly statementId: string };
  "aws:s3/bucket:Bucket": Arn & {
    readonly bucket: string;
    readonly bucketDomainName: string;
    readonly bucketRegionalDomainName: string;
  };
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": Nothing;
  "aws:s3/bucketNotification:BucketNotification": Nothing;
  "aws:s3/bucketObjectv2:BucketObjectv2": Arn & { readonly key: string };
  "aws:s3/bucketPolicy:BucketPolicy": Nothing;
  "aws:s3/bucketVersioning:BucketVersioning": Nothing;
  "aws:scheduler/schedule:Schedule": Computed;
  "aws:sns/topic:Topic": Computed;
  "aws:sns/topicPolicy:TopicPolicy": Nothing;
  "aws:sns/topicSubscription:TopicSubscription": Arn;
  "aws:sqs/queue:Queue": Computed & { readonly url: string };
  "aws:sqs/queuePolicy:QueuePolicy": Nothing;
}

/** AWS's defaults of optional inputs that the services need. */
export interface DefaultsOf {
  "aws:cloudwatch/eventRule:EventRule": { readonly eventBusName: string };
  "aws:cloudwatch/eventTarget:EventTarget": { readonly eventBusName: string };
  /** Megabytes and seconds. */
  "aws:lambda/function:Function": { readonly memorySize: number; readonly timeout: number };
  "aws:scheduler/schedule:Schedule": { readonly groupName: string };
  /** Durations in seconds, the size in bytes. */
  "aws:sqs/queue:Queue": {
    readonly delaySeconds: number;
    readonly fifoQueue: boolean;
    readonly maxMessageSize: number;
    readonly messageRetentionSeconds: number;
    readonly receiveWaitTimeSeconds: number;
    readonly visibilityTimeoutSeconds: number;
  };
}

export type ResourceOf<Type extends keyof InputsOf> = Resource<
  InputsOf[Type],
  OutputsOf[Type] & (Type extends keyof DefaultsOf ? DefaultsOf[Type] : Nothing)
>;

/** All resources of one type, in the order of their declaration. */
export function ofType<Type extends keyof InputsOf>(graph: Graph, type: Type): ResourceOf<Type>[] {
  return resourcesOf(graph, type) as unknown as ResourceOf<Type>[];
}

/** Resources of any type, also of those whose inputs have no shape here. */
export const resourcesOf = (graph: Graph, type: string): Resource[] =>
  graph.resources.filter((resource) => resource.type === type);
