import { checkOwner, readAttributes } from "./attributes.ts";
import { type Checksum, checksumHeaders } from "./checksums.ts";
import type { Check } from "./conditional-writes.ts";
import { type Context, encrypted, type Headers, sendEmpty } from "./context.ts";
import type { Origin } from "./change.ts";
import { messagesOf } from "./events.ts";
import type { EventName } from "./notifications.ts";
import { receivePayload } from "./payload.ts";
import type { BucketRequest } from "./request.ts";
import type { ObjectPart, StoredObject } from "./objects.ts";
import { newVersionId, versionHeaders } from "./versions.ts";

export async function putObject(context: Context, request: BucketRequest): Promise<void> {
  context.access.object(request, "s3:PutObject");
  checkOwner(request);
  const headers = readAttributes(request);
  await context.conditionalWrites.run(request, async (check) => {
    const payload = await receivePayload(request, context.bodies);
    const checksum: Checksum = {
      algorithm: payload.algorithm,
      value: payload.checksum,
      type: "FULL_OBJECT",
    };
    const { id, size, md5: etag } = payload;
    const object = await storeObject(context, request, {
      id,
      size,
      etag,
      headers,
      checksum,
      check,
      event: "ObjectCreated:Put",
    });
    const version = versionHeaders(request.bucketOf, object);
    sendEmpty(request, 200, { etag: `"${etag}"`, ...checksumHeaders(checksum), ...version, ...encrypted });
  });
}

export interface NewObject {
  /** Of the received body. */
  readonly id: string;
  readonly size: number;
  readonly etag: string;
  readonly headers: Headers;
  readonly checksum: Checksum;
  readonly check: Check;
  readonly event: EventName;
  readonly parts?: readonly ObjectPart[];
  /** Runs in the same transaction. */
  readonly also?: () => void;
}

/** Makes a received body the object of the request's key. Object and messages are written in one transaction. */
export async function storeObject(
  context: Context,
  request: Origin & { readonly bucket: string; readonly key: string },
  created: NewObject,
): Promise<StoredObject> {
  const { bodies, store, clock } = context;
  const { id, size, etag, headers, checksum, event, check, also, parts } = created;
  const { bucket, key } = request;
  await bodies.keep(id);
  const at = clock();
  const version = newVersionId(request.bucketOf);
  const object: StoredObject = {
    bucket,
    key,
    body: id,
    size,
    etag,
    modified: at,
    headers,
    checksum,
    version,
    parts,
  };
  const change = { event, key, at, object, version };
  const unused = await orRemove(context, id, () =>
    store.put(object, check, messagesOf(request, change), also),
  );
  await bodies.remove(unused);
  return object;
}

/** Runs the commit. If it throws, the body is removed. */
export async function orRemove<Result>(context: Context, id: string, commit: () => Result): Promise<Result> {
  try {
    return commit();
  } catch (error) {
    await context.bodies.remove([id]);
    throw error;
  }
}
