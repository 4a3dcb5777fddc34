import type { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  type S3Client,
} from "@aws-sdk/client-s3";
import { measure } from "./dimensions.ts";
import { typeOf } from "./magic.ts";
import type { RowKey } from "../../domain/messages.ts";
import { removeRenditionsIn } from "../shared/renditions.ts";
import { rekognition } from "../shared/rekognition.ts";
import type { StoredObject } from "./verify.ts";

export interface ListedObject {
  readonly key: string;
  /** Epoch milliseconds. */
  readonly modified: number;
}

/**
 * The bucket. S3 is strongly consistent, so reads and lists see all earlier writes. An object counts as missing only if S3
 * answers NoSuchKey. A missing bucket, a missing permission, an archived object and an outage are errors.
 */
export interface Objects {
  exists(key: string): Promise<boolean>;
  /** Undefined if the object does not exist. */
  read(key: string): Promise<StoredObject | undefined>;
  /** Also succeeds if the object does not exist. */
  remove(key: string): Promise<void>;
  /** Removes the smaller copies of an asset's picture. Also succeeds if there are none. */
  removeRenditions(asset: RowKey): Promise<void>;
  /** The uploads and renditions after the key `after`, in the order of keys. `last` is true if there are no more. */
  list(after: string): Promise<{ readonly objects: readonly ListedObject[]; readonly last: boolean }>;
}

/** Contains the dimensions of most pictures, even after thumbnails and colour profiles. */
const headBytes = 256 * 1024;

/** S3's limit for one list request. */
const pageSize = 1000;

export function objectsIn(s3: S3Client, bucket: string): Objects {
  const at = (Key: string) => ({ Bucket: bucket, Key });
  const get = (key: string) =>
    unlessGone(s3.send(new GetObjectCommand({ ...at(key), ChecksumMode: "ENABLED" })));
  return {
    async exists(key) {
      try {
        await s3.send(new HeadObjectCommand(at(key)));
        return true;
      } catch (error) {
        if (!(error instanceof NotFound)) {
          throw error;
        }
      }
      // A HEAD response has no body, so a missing bucket is a plain 404 too. GET names the error.
      const object = await get(key);
      (object?.Body as Readable | undefined)?.destroy();
      return object !== undefined;
    },
    async read(key) {
      const object = await get(key);
      return object && describe(object, await headOf(object.Body as Readable, object.ContentType ?? ""));
    },
    async remove(key) {
      await s3.send(new DeleteObjectCommand(at(key)));
    },
    removeRenditions: removeRenditionsIn(s3, bucket),
    async list(after) {
      const { Contents = [], IsTruncated = false } = await s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          MaxKeys: pageSize,
          ...(after && { StartAfter: after }),
        }),
      );
      const objects = Contents.map(({ Key = "", LastModified }) => ({
        key: Key,
        modified: LastModified?.getTime() ?? Date.now(),
      }));
      return { objects, last: !IsTruncated };
    },
  };
}

const describe = (object: GetObjectCommandOutput, head: Uint8Array): StoredObject => ({
  contentLength: object.ContentLength ?? 0,
  contentType: object.ContentType ?? "",
  sha256: object.ChecksumSHA256,
  head,
});

/**
 * Reads the first bytes and closes the connection. One request gives metadata and bytes, instead of HeadObject and a range
 * request. If the dimensions are further on, it continues up to the maximum size of a labelled picture.
 */
async function headOf(body: Readable, contentType: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let wanted = headBytes;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes >= wanted) {
      const size = measure(typeOf(contentType), Buffer.concat(chunks));
      if (size === "unknown" || !("more" in size) || size.more > rekognition.bytes) {
        break;
      }
      // Each parse starts from the first byte. Doubling the length keeps parses few.
      wanted = Math.min(Math.max(size.more, 2 * bytes), rekognition.bytes);
    }
  }
  return Buffer.concat(chunks).subarray(0, Math.max(headBytes, wanted));
}

async function unlessGone<Output>(asked: Promise<Output>): Promise<Output | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NoSuchKey) {
      return undefined;
    }
    throw error;
  }
}
