import { checkOwner, readAttributes } from "./attributes.ts";
import type { Bucket } from "./buckets.ts";
import {
  type Algorithm,
  algorithmNamed,
  type Checksum,
  checksumElement,
  unsupportedAlgorithm,
} from "./checksums.ts";
import { isWanted } from "./conditions.ts";
import { type Context, encrypted, type Headers, sendXml } from "./context.ts";
import { invalidArgument, invalidRequest, noSuchBucket, preconditionFailed } from "./errors.ts";
import { visibleObject } from "./get.ts";
import { maxPut } from "./payload.ts";
import { storeObject } from "./put.ts";
import { type BucketRequest, splitTarget } from "./request.ts";
import type { StoredObject } from "./objects.ts";
import { checkVersionId, versionHeaders } from "./versions.ts";
import { element } from "../xml.ts";
import { document } from "./xml.ts";

export async function copyObject(context: Context, request: BucketRequest): Promise<void> {
  context.access.object(request, "s3:PutObject");
  checkOwner(request);
  const source = readSource(context, request);
  const headers = copiedHeaders(context, request, source);
  const algorithm = readAlgorithm(request) ?? source.checksum.algorithm;
  await context.conditionalWrites.run(request, async (check) => {
    // In the same turn as the look-up, so that the file is open before the source can be replaced.
    const incoming = await context.bodies.receive(context.bodies.read(source.body), algorithm);
    const checksum: Checksum = { algorithm, value: incoming.checksum, type: "FULL_OBJECT" };
    const { id, size, md5: etag } = incoming;
    const created = { id, size, etag, headers, checksum, check, event: "ObjectCreated:Copy" } as const;
    const object = await storeObject(context, request, created);
    const from: Headers = source.version === "null" ? {} : { "x-amz-copy-source-version-id": source.version };
    sendXml(request, result(object), { ...versionHeaders(request.bucketOf, object), ...from, ...encrypted });
  });
}

function readSource(context: Context, request: BucketRequest): StoredObject {
  const header = request.header("x-amz-copy-source") ?? "";
  const { bucket: name, key } = splitTarget(header.startsWith("/") ? header : `/${header}`);
  if (name === "" || key === "") {
    const message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
    throw invalidArgument(message, "x-amz-copy-source", header);
  }
  const bucket = context.buckets.get(name);
  if (!bucket) {
    throw noSuchBucket(name);
  }
  checkOwner(request, "x-amz-source-expected-bucket-owner");
  const source = visibleObject(context, request, bucket, key, sourceVersion(header, bucket));
  if (!isWanted(request, source, "x-amz-copy-source-")) {
    const byTag = request.header("x-amz-copy-source-if-none-match") !== undefined;
    throw preconditionFailed(`x-amz-copy-source-${byTag ? "If-None-Match" : "If-Modified-Since"}`);
  }
  if (source.size > maxPut) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${maxPut}`,
    );
  }
  return source;
}

/** `bucket/key?versionId=ID`. Throws `InvalidArgument`. */
function sourceVersion(header: string, bucket: Bucket): string | undefined {
  const at = header.indexOf("?");
  if (at < 0) {
    return undefined;
  }
  const [, id] = /^\?versionId=([^&]*)$/.exec(header.slice(at)) ?? [];
  if (id === undefined) {
    throw invalidArgument("Unsupported copy source parameter.", "x-amz-copy-source", header);
  }
  return checkVersionId(id, bucket);
}

function copiedHeaders(context: Context, request: BucketRequest, source: StoredObject): Headers {
  const tagging = request.header("x-amz-tagging-directive") ?? "COPY";
  if (!["COPY", "REPLACE"].includes(tagging)) {
    throw invalidArgument("Unknown tagging directive.", "x-amz-tagging-directive", tagging);
  }
  const directive = request.header("x-amz-metadata-directive") ?? "COPY";
  const given = readAttributes(request);
  if (directive === "REPLACE") {
    return given;
  }
  if (directive !== "COPY") {
    throw invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", directive);
  }
  const current = context.store.find(request.bucket, request.key);
  if (source.key === request.key && source.bucket === request.bucket && source.version === current?.version) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  return source.headers;
}

function readAlgorithm(request: BucketRequest): Algorithm | undefined {
  const name = request.header("x-amz-checksum-algorithm");
  if (name === undefined) {
    return undefined;
  }
  const algorithm = algorithmNamed(name);
  if (!algorithm) {
    throw invalidRequest(unsupportedAlgorithm);
  }
  return algorithm;
}

function result(object: StoredObject): string {
  return document("CopyObjectResult", [
    element("LastModified", new Date(object.modified).toISOString()),
    element("ETag", `"${object.etag}"`),
    element(checksumElement(object.checksum.algorithm), object.checksum.value),
    element("ChecksumType", object.checksum.type),
  ]);
}
