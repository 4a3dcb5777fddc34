import { pipeline } from "node:stream/promises";
import { accessDenied } from "./access.ts";
import { checkOwner, headerValue, refuseCustomerKey, systemHeaders } from "./attributes.ts";
import type { Bucket } from "./buckets.ts";
import { checksumHeaders } from "./checksums.ts";
import { isWanted, readRange } from "./conditions.ts";
import type { Range } from "./conditions.ts";
import { encrypted } from "./context.ts";
import type { Context, Headers } from "./context.ts";
import { methodNotAllowed, noSuchKey, noSuchVersion, notImplemented } from "./errors.ts";
import type { BucketRequest } from "./request.ts";
import type { StoredObject, Version } from "./store.ts";
import { versionHeaders, versionIn } from "./versions.ts";

/** GetObject and HeadObject. */
export async function getObject(context: Context, request: BucketRequest): Promise<void> {
  if (request.query("partNumber") !== undefined) throw notImplemented("Reading one part");
  const object = visibleObject(context, request, request.bucketOf, request.key, versionIn(request));
  checkOwner(request);
  refuseCustomerKey(request);
  const { response } = request.call;
  if (!isWanted(request, object)) {
    response.writeHead(304, { ...validators(object), ...versionHeaders(request.bucketOf, object) }).end();
    return;
  }
  const range = readRange(request, object);
  const headers = { ...objectHeaders(request, object, range), ...overrides(request) };
  if (request.method === "HEAD") {
    response.writeHead(range ? 206 : 200, headers).end();
    return;
  }
  const bytes = context.bodies.read(object.body, range);
  response.writeHead(range ? 206 : 200, headers);
  await pipeline(bytes, response);
}

/** The object or the version, if the caller may know of it. Throws `AccessDenied`, `NoSuchKey`, `NoSuchVersion`. */
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
  if (found && !found.marker) return found;
  if (!access.mayList(request, bucket)) throw accessDenied();
  if (found) {
    const { response } = request.call;
    for (const header of Object.entries(versionHeaders(bucket, found))) response.setHeader(...header);
    if (id !== undefined) response.setHeader("allow", "DELETE");
  }
  if (id === undefined) throw noSuchKey(key);
  throw found ? methodNotAllowed(request.method, "DeleteMarker") : noSuchVersion(key, id);
}

function objectHeaders(request: BucketRequest, object: StoredObject, range: Range | undefined): Headers {
  // A checksum is of the whole: a client would find that it is not of the range.
  const wantsChecksum = !range && request.header("x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  return {
    ...object.headers,
    ...validators(object),
    ...versionHeaders(request.bucketOf, object),
    ...encrypted,
    ...(wantsChecksum ? checksumHeaders(object.checksum) : {}),
    "accept-ranges": "bytes",
    "content-length": String(range ? range.end - range.start + 1 : object.size),
    ...(range && { "content-range": `bytes ${range.start}-${range.end}/${object.size}` }),
  };
}

const validators = (object: StoredObject): Headers => ({
  etag: `"${object.etag}"`,
  "last-modified": new Date(object.modified).toUTCString(),
});

/** `response-content-disposition` and its kin, by which a presigned URL says how it is to be shown. */
function overrides(request: BucketRequest): Headers {
  const headers: Record<string, string> = {};
  for (const name of systemHeaders) {
    const value = request.query(`response-${name}`);
    if (value !== undefined) headers[name] = headerValue(`response-${name}`, value);
  }
  return headers;
}
