import { refuseCustomerKey } from "./attributes.ts";
import { headerNotImplemented, invalidArgument, notImplemented } from "./errors.ts";
import type { S3Request } from "./request.ts";

/**
 * Throws for a documented header of the operation that has no effect here. Where S3 also refuses it for these buckets,
 * the error has S3's words. `readAttributes` checks the headers that are stored with an object.
 */
export function refuseOptions(request: S3Request): void {
  const { operation } = request;
  if (withoutKeys.includes(operation)) {
    refuseCustomerKey(request);
  }
  if (operation === "CopyObject") {
    refuseCustomerKey(request, "x-amz-copy-source-");
  }
  for (const name of request.headerNames) {
    if (otherChecksums.test(name)) {
      throw notImplemented(name);
    }
    if (ofDirectoryBuckets[operation]?.includes(name)) {
      throw headerNotImplemented(name);
    }
    if (deletions.includes(operation)) {
      refuseOfDeletion(request, name);
    }
  }
}

/** Operations on objects that are never encrypted with a customer-provided key. */
const withoutKeys = ["CompleteMultipartUpload", "GetObject", "HeadObject", "ListParts", "UploadPart"];

/** Algorithms that are not supported here. Their checksums are refused, because they would not be verified. */
const otherChecksums = /^x-amz-checksum-(?:md5|sha512|xxhash(?:64|3|128))$/;

/** Conditions that S3 supports for directory buckets only. */
const ofDirectoryBuckets: Readonly<Record<string, readonly string[]>> = {
  AbortMultipartUpload: ["x-amz-if-match-initiated-time"],
  DeleteObject: ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"],
};

const deletions = ["DeleteObject", "DeleteObjects"];

function refuseOfDeletion(request: S3Request, name: string): void {
  if (name === "x-amz-mfa") {
    throw notImplemented(name);
  }
  if (name === "x-amz-bypass-governance-retention") {
    throw invalidArgument(
      "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
      name,
      request.header(name) ?? "",
    );
  }
}
