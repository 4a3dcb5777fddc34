import { AwsError, type Call } from "../../base/service.ts";
import type { Bucket } from "./buckets.ts";
import { noSuchBucket, type RequestIds } from "./errors.ts";
import { operationOf, type Target } from "./routes.ts";

/** A call with its parsed target, query and headers. */
export interface S3Request extends Target, RequestIds {
  readonly call: Call;
  /** `PutObject` */
  readonly operation: string;
  /** The names of all headers, including those in the query of a presigned URL. */
  readonly headerNames: readonly string[];
}

/** A request for a bucket or for an object in it. */
export interface BucketRequest extends S3Request {
  readonly bucketOf: Bucket;
}

/** Throws `InvalidURI`, `KeyTooLongError`, `NotImplemented` and `MethodNotAllowed`. */
export function readRequest(call: Call, ids: RequestIds): S3Request {
  const target = { ...place(call), method: call.request.method ?? "", ...parameters(call) };
  return { ...target, ...ids, call, operation: operationOf(target) };
}

/** Throws `NoSuchBucket`. */
export function inBucket(request: S3Request, buckets: ReadonlyMap<string, Bucket>): BucketRequest {
  const bucketOf = buckets.get(request.bucket);
  if (!bucketOf) {
    throw noSuchBucket(request.bucket);
  }
  return { ...request, bucketOf };
}

/**
 * Bucket and key of a path-style request target. Parsed from the raw target, because `URL` resolves `..` and `.`, which
 * are valid in a key.
 */
export function splitTarget(target: string): { bucket: string; key: string } {
  const [path = ""] = target.split("?", 1);
  const [, bucket = "", key = ""] = /^\/([^/]*)(?:\/([^]*))?$/.exec(path) ?? [];
  try {
    if (!path.startsWith("/")) {
      throw new URIError();
    }
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) };
  } catch {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.", 400, { URI: path });
  }
}

function place(call: Call): { bucket: string; key: string } {
  const { bucket, key } = splitTarget(call.request.url ?? "");
  const size = Buffer.byteLength(key);
  if (size > maxKey) {
    throw new AwsError("KeyTooLongError", "Your key is too long", 400, {
      Size: size,
      MaxSizeAllowed: maxKey,
    });
  }
  return { bucket, key };
}

/** Bytes of UTF-8. */
const maxKey = 1024;

function parameters(call: Call): Pick<S3Request, "query" | "header" | "headerNames"> {
  const { searchParams } = call.url;
  // A presigner may move x-amz-* headers into the query, where the signature covers them as well.
  const hoisted = new Map<string, string>();
  if (call.presigned) {
    for (const [name, value] of searchParams) {
      if (/^x-amz-/i.test(name) && !headerOnly.test(name)) {
        hoisted.set(name.toLowerCase(), value);
      }
    }
  }
  return {
    headerNames: [...new Set([...Object.keys(call.request.headers), ...hoisted.keys()])],
    query: (name) => searchParams.get(name) ?? undefined,
    header: (name) => {
      const value = call.request.headers[name] ?? hoisted.get(name);
      return Array.isArray(value) ? value.join(", ") : value;
    },
  };
}

/**
 * S3 does not read what a presigner says of the body in the query: neither checked nor stored. SDKs put the checksum
 * of an empty body there unless they are set otherwise. Measured: github.com/aws/aws-sdk-go-v2/issues/2610.
 */
const headerOnly = /^x-amz-(?:checksum-(?!(?:algorithm|mode|type)$).*|sdk-checksum-algorithm|trailer)$/i;
