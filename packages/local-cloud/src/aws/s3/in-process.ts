import { Readable } from "node:stream";
import type { Principal } from "../../base/service.ts";
import type { Context, Headers } from "./context.ts";
import { validators } from "./get.ts";
import { newIds, noSuchBucket, noSuchKey } from "./errors.ts";
import { countRequest } from "./metered.ts";
import { storeObject } from "./put.ts";

/** GetObject for another service here. Throws `AccessDenied`, `NoSuchBucket` and `NoSuchKey`. */
export async function readInProcess(
  { buckets, access, store, bodies, meter }: Context,
  principal: Principal,
  name: string,
  key: string,
): Promise<Buffer> {
  const bucket = buckets.get(name);
  if (!bucket) {
    throw noSuchBucket(name);
  }
  access.inProcess(principal, "s3:GetObject", bucket, key);
  countRequest(meter, "GetObject", name);
  const object = store.find(name, key);
  if (!object) {
    throw noSuchKey(key);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of bodies.read(object.body) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An object as another service passes it on. */
export interface OpenObject {
  /** Those that GetObject answers. */
  readonly headers: Headers;
  readonly etag: string;
  readonly bytes: () => Readable;
}

/** GetObject for a service that acts for the resource `sourceArn`. Throws `AccessDenied`, `NoSuchBucket` and `NoSuchKey`. */
export function openInProcess(
  { buckets, access, store, bodies }: Context,
  principal: Principal,
  name: string,
  key: string,
  sourceArn: string,
): OpenObject {
  const bucket = buckets.get(name);
  if (!bucket) {
    throw noSuchBucket(name);
  }
  access.inProcess(principal, "s3:GetObject", bucket, key, sourceArn);
  const object = store.find(name, key);
  if (!object) {
    // A caller that may not list does not learn which keys exist.
    access.inProcess(principal, "s3:ListBucket", bucket, undefined, sourceArn);
    throw noSuchKey(key);
  }
  return {
    headers: { ...object.headers, ...validators(object), "content-length": String(object.size) },
    etag: `"${object.etag}"`,
    bytes: () => bodies.read(object.body),
  };
}

/** PutObject for another service here. Throws `AccessDenied` and `NoSuchBucket`. */
export async function writeInProcess(
  context: Context,
  principal: Principal,
  bucket: string,
  key: string,
  body: string,
): Promise<void> {
  const bucketOf = context.buckets.get(bucket);
  if (!bucketOf) {
    throw noSuchBucket(bucket);
  }
  context.access.inProcess(principal, "s3:PutObject", bucketOf, key);
  countRequest(context.meter, "PutObject", bucket);
  const algorithm = "crc64nvme";
  const received = await context.bodies.receive(Readable.from([Buffer.from(body)]), algorithm);
  const { id, size, md5, checksum } = received;
  const call = { principal, request: { socket: {} } };
  await storeObject(
    context,
    { bucket, key, bucketOf, call, ...newIds() },
    {
      ...{ id, size, etag: md5, check: () => undefined, event: "ObjectCreated:Put" },
      headers: { "content-type": "binary/octet-stream" },
      checksum: { algorithm, value: checksum, type: "FULL_OBJECT" },
    },
  );
}
