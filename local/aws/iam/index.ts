import type { Principal } from "../service.ts";

/** One question put to IAM. */
export interface Access {
  readonly principal: Principal;
  /** `dynamodb:PutItem` */
  readonly action: string;
  /** ARN of what is touched. */
  readonly resource: string;
  /** Condition keys of the request, lower case: `{"s3:if-none-match": "*"}`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** JSON of the policy on the resource itself: bucket, queue or function policy. */
  readonly resourcePolicy?: string | undefined;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What the services ask of IAM. Built from the roles and policies of the graph. */
export interface Iam {
  /** Throws `AccessDenied`, naming the principal, the action and the resource, unless the policies allow it. */
  authorize(access: Access): void;
  /** The role's session for a service; throws unless its trust policy lets that service assume it for `sourceArn`. */
  assume(roleArn: string, service: string, sourceArn: string): Principal;
  /** Keys of a role, made once per data folder. */
  credentials(roleArn: string): Credentials;
  /** Whose key it is, or undefined. */
  identify(
    accessKeyId: string,
  ): { readonly credentials: Credentials; readonly principal: Principal } | undefined;
}
