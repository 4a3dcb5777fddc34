import { validateHeaderValue } from "node:http";
import { AwsError } from "../../base/service.ts";
import { accessDenied, accountOf } from "./access.ts";
import { invalidArgument, invalidRequest, notImplemented } from "./errors.ts";
import type { S3Request } from "./request.ts";

/** The headers that are stored with a new object: the system headers and x-amz-meta-*. Throws for what is not supported. */
export function readAttributes(request: S3Request): Record<string, string> {
  refuseUnsupported(request);
  const kept: Record<string, string> = { "content-type": "binary/octet-stream" };
  let metadata = 0;
  for (const name of request.headerNames) {
    const isMetadata = name.startsWith("x-amz-meta-");
    const value = request.header(name);
    if (value === undefined || !(isMetadata || systemHeaders.includes(name))) {
      continue;
    }
    kept[name] = headerValue(name, name === "content-encoding" ? withoutChunking(value) : value);
    if (isMetadata) {
      metadata += name.length - "x-amz-meta-".length + Buffer.byteLength(value);
    }
  }
  if (metadata > largestMetadata) {
    throw new AwsError(
      "MetadataTooLarge",
      "Your metadata headers exceed the maximum allowed metadata size",
      400,
      {
        Size: metadata,
        MaxSizeAllowed: largestMetadata,
      },
    );
  }
  if (kept["content-encoding"] === "") {
    delete kept["content-encoding"];
  }
  return kept;
}

/** Returns the value if it is valid in a header. Throws `InvalidArgument`. */
export function headerValue(name: string, value: string): string {
  try {
    validateHeaderValue(name, value);
    return value;
  } catch {
    throw invalidArgument("Header value cannot be represented using ISO-8859-1.", name, value);
  }
}

/** Throws `AccessDenied` if the caller expects another account, and an error if it expects no account id. */
export function checkOwner(request: S3Request, header = "x-amz-expected-bucket-owner"): void {
  const expected = request.header(header);
  if (expected === undefined) {
    return;
  }
  if (!/^\d{12}$/.test(expected)) {
    const words = "The value of the expected bucket owner parameter must be an AWS Account ID...";
    throw new AwsError("InvalidBucketOwnerAWSAccountID", `${words} [${expected}]`);
  }
  if (expected !== accountOf(request.call.principal)) {
    throw accessDenied();
  }
}

export const systemHeaders = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

/** Bytes of user metadata, names and values. */
const largestMetadata = 2048;

/** `aws-chunked` describes the transfer, not the object. */
function withoutChunking(encoding: string): string {
  const rest = encoding.split(",").map((item) => item.trim());
  return rest.filter((item) => item !== "" && item !== "aws-chunked").join(",");
}

function refuseUnsupported(request: S3Request): void {
  refuseAcl(request);
  refuseEncryption(request);
  const storage = request.header("x-amz-storage-class") ?? "STANDARD";
  if (!storageClasses.includes(storage)) {
    throw new AwsError("InvalidStorageClass", "The storage class you specified is not valid", 400, {
      StorageClassRequested: storage,
    });
  }
  if (storage !== "STANDARD") {
    throw notImplemented("x-amz-storage-class other than STANDARD");
  }
  const refused = request.headerNames.find((name) => refusedHeaders.test(name));
  if (refused !== undefined) {
    throw notImplemented(refused);
  }
}

/** ACLs are disabled (BucketOwnerEnforced). Only `bucket-owner-full-control` is accepted, which changes nothing. */
function refuseAcl(request: S3Request): void {
  const acl = request.header("x-amz-acl");
  const grant = request.headerNames.some((name) => name.startsWith("x-amz-grant-"));
  if (acl !== undefined && !cannedAcls.includes(acl)) {
    throw invalidArgument("", "x-amz-acl", acl);
  }
  if (acl !== undefined && grant) {
    throw invalidRequest("Specifying both Canned ACLs and Header Grants is not allowed");
  }
  if (grant || (acl !== undefined && acl !== "bucket-owner-full-control")) {
    throw new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs");
  }
}

function refuseEncryption(request: S3Request): void {
  const header = "x-amz-server-side-encryption";
  const encryption = request.header(header) ?? "AES256";
  if (!["AES256", "aws:kms", "aws:kms:dsse", "aws:fsx"].includes(encryption)) {
    throw invalidArgument("The encryption method specified is not supported", header, encryption);
  }
  if (encryption !== "AES256") {
    throw notImplemented(`${header} other than AES256`);
  }
}

/** Throws for a customer-provided encryption key: no object here is encrypted with one. */
export function refuseCustomerKey(request: S3Request, prefix = "x-amz-"): void {
  if (request.headerNames.some((name) => name.startsWith(`${prefix}server-side-encryption-customer-`))) {
    throw invalidRequest("The encryption parameters are not applicable to this object.");
  }
}

/** The storage classes of general-purpose buckets. */
const storageClasses = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
];

const cannedAcls = [
  "private",
  "public-read",
  "public-read-write",
  "aws-exec-read",
  "authenticated-read",
  "bucket-owner-read",
  "bucket-owner-full-control",
];

/** Headers that would be stored on AWS and are not supported here. */
const refusedHeaders =
  /^x-amz-(object-lock-.*|tagging|website-redirect-location|server-side-encryption-.+|write-offset-bytes)$/;
