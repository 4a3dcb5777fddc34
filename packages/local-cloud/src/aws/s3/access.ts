import { createHash } from "node:crypto";
import { ACCOUNT_ID } from "../../base/graph.ts";
import { sourceContext } from "../iam/caller.ts";
import type { Iam } from "../iam/index.ts";
import { AwsError, type Clock, type Principal } from "../../base/service.ts";
import type { Bucket } from "./buckets.ts";
import type { BucketRequest, S3Request } from "./request.ts";

/** Authorizes requests by the caller's policies and the bucket's policy, with S3's condition keys. */
export class Access {
  readonly #iam: Iam;
  readonly #clock: Clock;

  constructor(iam: Iam, clock: Clock) {
    this.#iam = iam;
    this.#clock = clock;
  }

  /** Throws `AccessDenied`. `bucket` and `key` default to those of the request. */
  object(request: BucketRequest, action: string, bucket = request.bucketOf, key = request.key): void {
    this.#authorize(request, action, `${bucket.arn}/${key}`, bucket.policy);
  }

  /** Throws `AccessDenied`. */
  bucket(request: BucketRequest, action: string, bucket = request.bucketOf): void {
    this.#authorize(request, action, bucket.arn, bucket.policy);
  }

  /** Throws `AccessDenied`. */
  service(request: S3Request, action: string): void {
    this.#authorize(request, action, "*");
  }

  /** A caller without s3:ListBucket gets AccessDenied for a missing key, so that it does not learn which keys exist. */
  mayList(request: BucketRequest, bucket: Bucket): boolean {
    try {
      this.bucket(request, "s3:ListBucket", bucket);
      return true;
    } catch (error) {
      if (error instanceof AwsError && error.code === "AccessDenied") {
        return false;
      }
      throw error;
    }
  }

  /**
   * For another service here that acts as its caller, or for the resource `sourceArn`. Without a key the bucket is
   * meant. Throws `AccessDenied`.
   */
  inProcess(principal: Principal, action: string, bucket: Bucket, key?: string, sourceArn?: string): void {
    const context = { ...account(principal), ...sourceContext(sourceArn, ACCOUNT_ID) };
    const resource = key === undefined ? bucket.arn : `${bucket.arn}/${key}`;
    this.#iam.authorize({ principal, action, resource, context, resourcePolicy: bucket.policy });
  }

  #authorize(request: S3Request, action: string, resource: string, resourcePolicy?: string): void {
    const { principal } = request.call;
    const context = { ...account(principal), ...conditions(request, this.#clock()) };
    this.#iam.authorize({ principal, action, resource, context, resourcePolicy });
  }
}

/** The account in the caller's ARN. Undefined for an AWS service. */
export function accountOf(principal: Principal): string | undefined {
  return principal.kind === "role" ? principal.roleArn.split(":")[4] : undefined;
}

/** The canonical id of the account. Like AWS's, it is opaque and stable. */
export function ownerId(principal: Principal): string {
  return createHash("sha256")
    .update(`owner ${accountOf(principal) ?? ""}`)
    .digest("hex");
}

export const accessDenied = (): AwsError => new AwsError("AccessDenied", "Access Denied", 403);

function account(principal: Principal): Record<string, string> {
  const id = accountOf(principal);
  return id === undefined ? {} : { "s3:resourceaccount": id };
}

/** Sources: docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html, conditional-writes-enforce.html */
function conditions(request: S3Request, now: number): Record<string, string> {
  const { call, operation } = request;
  const keys: Record<string, string> = {
    "s3:authtype": call.presigned ? "REST-QUERY-STRING" : "REST-HEADER",
    "s3:signatureage": String(now - call.signedAt.getTime()),
    "s3:signatureversion": "AWS4-HMAC-SHA256",
  };
  const version = request.query("versionId");
  if (version !== undefined) {
    keys["s3:versionid"] = version;
  }
  for (const name of conditionHeaders) {
    // The query parameter of the same name does not count: AWS's documentation names the header alone.
    const value = name === "x-amz-content-sha256" ? call.request.headers[name] : request.header(name);
    if (typeof value === "string") {
      keys[`s3:${name}`] = value;
    }
  }
  if (operation.startsWith("List")) {
    for (const name of ["prefix", "delimiter", "max-keys"]) {
      const value = request.query(name);
      if (value !== undefined) {
        keys[`s3:${name}`] = value;
      }
    }
  }
  const creates = creations[operation];
  return creates === undefined ? keys : { ...keys, "s3:objectcreationoperation": creates };
}

const conditionHeaders = [
  "if-match",
  "if-none-match",
  "x-amz-acl",
  "x-amz-content-sha256",
  "x-amz-copy-source",
  "x-amz-metadata-directive",
  "x-amz-server-side-encryption",
  "x-amz-storage-class",
];

/** A policy can require if-none-match of the operations that create an object, and not of uploads of its parts. */
const creations: Readonly<Record<string, string>> = {
  PutObject: "true",
  CopyObject: "true",
  CompleteMultipartUpload: "true",
  CreateMultipartUpload: "false",
  UploadPart: "false",
};
