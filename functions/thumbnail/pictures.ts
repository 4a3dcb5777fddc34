import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { RowKey } from "../../domain/messages.ts";
import { maxPictureBytes, type Rendition, renditionKey } from "../../domain/renditions.ts";

/** The bucket of pictures and their renditions. */
export interface Pictures {
  /** Undefined if the object does not exist. */
  get(key: string): Promise<Buffer | undefined>;
  put(asset: RowKey, files: Readonly<Partial<Record<Rendition, Buffer>>>): Promise<Written[]>;
  remove(written: readonly Written[]): Promise<void>;
}

/** One version of an object. Its id is `null` in a bucket without versions. */
export interface Written {
  readonly key: string;
  readonly version: string;
}

export const picturesIn = (s3: S3Client, bucket: string): Pictures => ({
  async get(key) {
    try {
      const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (ContentLength > maxPictureBytes) {
        throw new Error(`${key} has ${ContentLength} bytes, more than its row says`);
      }
      return Body && Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (error instanceof NoSuchKey) {
        return undefined;
      }
      throw error;
    }
  },
  async put({ ownerId, id }, files) {
    return Promise.all(
      Object.entries(files).map(async ([rendition, bytes]) => {
        const key = renditionKey(ownerId, id, rendition as Rendition);
        const { VersionId: version = "null" } = await s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: bytes,
            ContentType: rendition === "LABEL" ? "image/jpeg" : "image/webp",
          }),
        );
        return { key, version };
      }),
    );
  },
  async remove(written) {
    await Promise.all(
      written.map(({ key, version }) =>
        s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: version })),
      ),
    );
  },
});
