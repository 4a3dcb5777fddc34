import { validateHeaderValue } from "node:http";
import { AwsError } from "../service.ts";
import { accessDenied, accountOf } from "./access.ts";
import { invalidArgument, notImplemented } from "./errors.ts";
import type { S3Request } from "./request.ts";

/** The headers that a new object keeps: Content-Type and its kin, and x-amz-meta-*. Throws for what is not emulated. */
export function readAttributes(request: S3Request): Record<string, string> {
  refuseUnsupported(request);
  const kept: Record<string, string> = { "content-type": "binary/octet-stream" };
  let metadata = 0;
  for (const name of request.headerNames) {
    const isMetadata = name.startsWith("x-amz-meta-");
    const value = request.header(name);
    if (value === undefined || !(isMetadata || systemHeaders.includes(name))) continue;
    kept[name] = headerValue(name, name === "content-encoding" ? withoutChunking(value) : value);
    if (isMetadata) metadata += name.length - "x-amz-meta-".length + Buffer.byteLength(value);
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
  if (kept["content-encoding"] === "") delete kept["content-encoding"];
  return kept;
}

/** The value if a header can carry it. Throws `InvalidArgument`. */
export function headerValue(name: string, value: string): string {
  try {
    validateHeaderValue(name, value);
    return value;
  } catch {
    throw invalidArgument("Header value cannot be represented using ISO-8859-1.", name, value);
  }
}

/** Throws `AccessDenied` unless the account is the one that the caller expects. */
export function checkOwner(request: S3Request): void {
  const expected = request.header("x-amz-expected-bucket-owner");
  if (expected !== undefined && expected !== accountOf(request.call.principal)) throw accessDenied();
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
  const acl = request.header("x-amz-acl");
  if ((acl ?? "bucket-owner-full-control") !== "bucket-owner-full-control") {
    throw new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs");
  }
  for (const [name, only] of supportedValues) {
    if ((request.header(name) ?? only) !== only) throw notImplemented(`${name} other than ${only}`);
  }
  const refused = request.headerNames.find((name) => refusedHeaders.test(name));
  if (refused !== undefined) throw notImplemented(refused);
}

const supportedValues = [
  ["x-amz-server-side-encryption", "AES256"],
  ["x-amz-storage-class", "STANDARD"],
] as const;

/** Silence would be taken for consent: a lock, a tag or a key of the customer's that is not there. */
const refusedHeaders =
  /^x-amz-(grant-.*|object-lock-.*|tagging|website-redirect-location|server-side-encryption-.+|write-offset-bytes)$/;
