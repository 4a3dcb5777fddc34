import { pipeline } from "node:stream/promises";
import { accessDenied } from "./access.ts";
import { checkOwner, headerValue, systemHeaders } from "./attributes.ts";
import type { Bucket } from "./buckets.ts";
import { checksumHeaders } from "./checksums.ts";
import { isWanted, readRange } from "./conditions.ts";
import { type Context, encrypted, type Headers } from "./context.ts";
import { methodNotAllowed, noSuchKey, noSuchVersion } from "./errors.ts";
import { readSlice, type Slice } from "./parts.ts";
import type { BucketRequest } from "./request.ts";
import type { StoredObject, Version } from "./objects.ts";
import { versionHeaders, versionIn } from "./versions.ts";

/** GetObject and HeadObject. */
export async function getObject(context: Context, request: BucketRequest): Promise<void> {
  const object = visibleObject(context, request, request.bucketOf, request.key, versionIn(request));
  checkOwner(request);
  const { response } = request.call;
  if (!isWanted(request, object)) {
    response.writeHead(304, { ...validators(object), ...versionHeaders(request.bucketOf, object) }).end();
    return;
  }
  const slice = readSlice(request, object) ?? rangeSlice(request, object);
  const headers = { ...objectHeaders(request, object, slice), ...overrides(request) };
  const status = slice ? 206 : 200;
  if (request.method === "HEAD" || slice?.size === 0) {
    response.writeHead(status, headers).end();
    return;
  }
  if (request.call.presigned) {
    // Services in the region read for free. A presigned URL is for clients outside.
    context.meter.count("s3.bytesOut", request.bucket, slice?.size ?? object.size);
  }
  const bytes = context.bodies.read(object.body, slice && { start: slice.start, end: lastOf(slice) });
  response.writeHead(status, headers);
  await pipeline(bytes, response);
}

/** Without a checksum: the stored checksum is of the whole object. */
function rangeSlice(request: BucketRequest, object: StoredObject): Slice | undefined {
  const range = readRange(request, object);
  if (!range) {
    return undefined;
  }
  return { start: range.start, size: range.end - range.start + 1, checksum: undefined, count: undefined };
}

const lastOf = ({ start, size }: Slice): number => start + size - 1;

/** The object or version, if the caller has access. Throws `AccessDenied`, `NoSuchKey`, `NoSuchVersion`. */
export function visibleObject(
  context: Context,
  request: BucketRequest,
  bucket: Bucket,
  key: string,
  id?: string,
): StoredObject {
  const { access, store } = context;
  access.object(request, id === undefined ? "s3:GetObject" : "s3:GetObjectVersion", bucket, key);
  const found: Version | undefined =
    id === undefined
      ? (store.find(bucket.name, key) ?? store.marker(bucket.name, key))
      : store.findVersion(bucket.name, key, id);
  if (found && !found.marker) {
    return found;
  }
  if (!access.mayList(request, bucket)) {
    throw accessDenied();
  }
  if (found) {
    const { response } = request.call;
    for (const header of Object.entries(versionHeaders(bucket, found))) {
      response.setHeader(...header);
    }
    if (id !== undefined) {
      response.setHeader("allow", "DELETE");
    }
  }
  if (id === undefined) {
    throw noSuchKey(key);
  }
  throw found ? methodNotAllowed(request.method, "DeleteMarker") : noSuchVersion(key, id);
}

function objectHeaders(request: BucketRequest, object: StoredObject, slice: Slice | undefined): Headers {
  const wantsChecksum = request.header("x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  return {
    ...object.headers,
    ...validators(object),
    ...versionHeaders(request.bucketOf, object),
    ...encrypted,
    ...(wantsChecksum ? checksumHeaders(slice ? slice.checksum : object.checksum) : {}),
    "accept-ranges": "bytes",
    "content-length": String(slice ? slice.size : object.size),
    // A range cannot be empty.
    ...(slice &&
      slice.size > 0 && { "content-range": `bytes ${slice.start}-${lastOf(slice)}/${object.size}` }),
    ...(slice?.count !== undefined && { "x-amz-mp-parts-count": String(slice.count) }),
  };
}

export const validators = (object: StoredObject): Headers => ({
  etag: `"${object.etag}"`,
  "last-modified": new Date(object.modified).toUTCString(),
});

/** `response-content-disposition` and the other query parameters that override headers of the answer. */
function overrides(request: BucketRequest): Headers {
  const headers: Record<string, string> = {};
  for (const name of systemHeaders) {
    const value = request.query(`response-${name}`);
    if (value !== undefined) {
      headers[name] = headerValue(`response-${name}`, value);
    }
  }
  return headers;
}
