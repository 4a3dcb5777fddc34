import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { StoredObject } from "./verify.ts";

export interface ListedObject {
  readonly key: string;
  /** Epoch milliseconds. */
  readonly modified: number;
}

/** The bucket, as this function uses it. Reads and lists see every write that was answered before (S3 is strongly consistent). */
export interface Objects {
  exists(key: string): Promise<boolean>;
  /** Undefined if there is no such object any more. */
  read(key: string): Promise<StoredObject | undefined>;
  /** Done too if there is no such object. */
  remove(key: string): Promise<void>;
  /** Objects in the order of their keys, those behind `after`; `last` if there are no more behind these. */
  list(after: string): Promise<{ readonly objects: readonly ListedObject[]; readonly last: boolean }>;
}

/** Enough of a picture for its dimensions, behind thumbnails and colour profiles too. */
const headBytes = 256 * 1024;

/** What S3 lists at once. */
const pageSize = 1000;

export function objectsIn(s3: S3Client, bucket: string): Objects {
  const at = (Key: string) => ({ Bucket: bucket, Key });
  const head = (key: string): Promise<HeadObjectCommandOutput | undefined> =>
    unlessGone(s3.send(new HeadObjectCommand({ ...at(key), ChecksumMode: "ENABLED" })));
  return {
    exists: async (key) => (await head(key)) !== undefined,
    async read(key) {
      const found = await head(key);
      if (!found?.ContentLength) {
        return found && describe(found, new Uint8Array());
      }
      const range = { ...at(key), Range: `bytes=0-${headBytes - 1}` };
      const part = await unlessGone(s3.send(new GetObjectCommand(range)));
      return part?.Body && describe(found, await part.Body.transformToByteArray());
    },
    async remove(key) {
      await s3.send(new DeleteObjectCommand(at(key)));
    },
    async list(after) {
      const { Contents = [], IsTruncated = false } = await s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: "uploads/",
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

const describe = (head: HeadObjectCommandOutput, bytes: Uint8Array): StoredObject => ({
  contentLength: head.ContentLength ?? 0,
  contentType: head.ContentType ?? "",
  sha256: head.ChecksumSHA256,
  head: bytes,
});

async function unlessGone<Output>(asked: Promise<Output>): Promise<Output | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NotFound || error instanceof NoSuchKey) {
      return undefined;
    }
    throw error;
  }
}
