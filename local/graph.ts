import type * as aws from "@pulumi/aws";
import type { Unwrap } from "@pulumi/pulumi";

/**
 * The resources that the program declared, as the local cloud reads them: the one thing that `engine/`
 * hands to the services. Inputs and outputs are plain JSON; secrets are unwrapped, their paths noted.
 */
export interface Graph {
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly Resource[];
  /** The program's exports. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface Resource<Inputs = Readonly<Record<string, unknown>>> {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** False for components, which have no life of their own. */
  readonly custom: boolean;
  readonly parent?: string;
  readonly id: string;
  readonly inputs: Inputs;
  /** Inputs, and what the provider would compute: ARNs, names, URLs. */
  readonly outputs: Inputs & Computed;
  /** Paths of the inputs that are secret, such as `environment.variables.KEY`. */
  readonly secretInputs: readonly string[];
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

/** Outputs that several types share. Absent ones are empty strings in no type that the services read. */
export interface Computed {
  readonly arn: string;
  readonly name: string;
}

/** The resource types that have a local life, by Pulumi token, with the shape of their inputs. */
export interface InputsOf {
  "aws:appsync/graphQLApi:GraphQLApi": Unwrap<aws.appsync.GraphQLApiArgs>;
  "aws:appsync/dataSource:DataSource": Unwrap<aws.appsync.DataSourceArgs>;
  "aws:appsync/function:Function": Unwrap<aws.appsync.FunctionArgs>;
  "aws:appsync/resolver:Resolver": Unwrap<aws.appsync.ResolverArgs>;
  "aws:cognito/userPool:UserPool": Unwrap<aws.cognito.UserPoolArgs>;
  "aws:cognito/userPoolClient:UserPoolClient": Unwrap<aws.cognito.UserPoolClientArgs>;
  "aws:cognito/userGroup:UserGroup": Unwrap<aws.cognito.UserGroupArgs>;
  "aws:dynamodb/table:Table": Unwrap<aws.dynamodb.TableArgs>;
  "aws:iam/role:Role": Unwrap<aws.iam.RoleArgs>;
  "aws:iam/rolePolicy:RolePolicy": Unwrap<aws.iam.RolePolicyArgs>;
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Unwrap<aws.iam.RolePolicyAttachmentArgs>;
  "aws:lambda/eventSourceMapping:EventSourceMapping": Unwrap<aws.lambda.EventSourceMappingArgs>;
  "aws:lambda/function:Function": Unwrap<aws.lambda.FunctionArgs>;
  "aws:lambda/permission:Permission": Unwrap<aws.lambda.PermissionArgs>;
  "aws:s3/bucket:Bucket": Unwrap<aws.s3.BucketArgs>;
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": Unwrap<aws.s3.BucketCorsConfigurationArgs>;
  "aws:s3/bucketNotification:BucketNotification": Unwrap<aws.s3.BucketNotificationArgs>;
  "aws:s3/bucketPolicy:BucketPolicy": Unwrap<aws.s3.BucketPolicyArgs>;
  "aws:sqs/queue:Queue": Unwrap<aws.sqs.QueueArgs>;
  "aws:sqs/queuePolicy:QueuePolicy": Unwrap<aws.sqs.QueuePolicyArgs>;
}

/** All resources of one type, in the order of their declaration. */
export function ofType<Type extends keyof InputsOf>(graph: Graph, type: Type): Resource<InputsOf[Type]>[] {
  return graph.resources.filter((resource) => resource.type === type) as unknown as Resource<
    InputsOf[Type]
  >[];
}
