import { randomBytes } from "node:crypto";
import type { Bucket } from "./buckets.ts";
import type { Headers } from "./context.ts";
import { invalidArgument } from "./errors.ts";
import type { BucketRequest } from "./request.ts";
import type { Version } from "./objects.ts";

/** The id of a new version, as long as S3's. `null` without versioning and while it is suspended. */
export function newVersionId({ versioning }: Bucket): string {
  return versioning === "Enabled" ? randomBytes(24).toString("base64url") : "null";
}

/** The headers about a version. None in a bucket that never had versioning. */
export function versionHeaders(
  { versioning }: Bucket,
  { version, marker }: Pick<Version, "version" | "marker">,
) {
  const headers: Headers = {
    ...(versioning !== "Disabled" && { "x-amz-version-id": version }),
    ...(marker && { "x-amz-delete-marker": "true" }),
  };
  return headers;
}

/** The version that the request names. Throws `InvalidArgument`. */
export function versionIn(request: BucketRequest): string | undefined {
  const id = request.query("versionId");
  return id === undefined ? undefined : checkVersionId(id, request.bucketOf);
}

/** Throws `InvalidArgument`. */
export function checkVersionId(id: string, bucket: Bucket): string {
  if (id === "") {
    throw invalidArgument("Version id cannot be the empty string", "versionId", id);
  }
  if (!isVersionId(id, bucket)) {
    throw invalidArgument("Invalid version id specified", "versionId", id);
  }
  return id;
}

/** Whether the id has the form of a version id. A bucket that never had versioning has only the id `null`. */
export function isVersionId(id: string, { versioning }: Bucket): boolean {
  return id === "null" || (versioning !== "Disabled" && /^[\w.-]{32}$/.test(id));
}
