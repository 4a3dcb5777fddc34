import { DeleteObjectsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { RowKey } from "../../domain/messages.ts";
import { renditionKey, renditions } from "../../domain/renditions.ts";

/** Removes all renditions of an asset. Also succeeds if there are none. */
export const removeRenditionsIn =
  (s3: S3Client, bucket: string) =>
  async ({ ownerId, id }: RowKey): Promise<void> => {
    const Objects = renditions.map((rendition) => ({ Key: renditionKey(ownerId, id, rendition) }));
    const { Errors: errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    if (errors.length > 0) {
      throw new Error(`${errors.length} renditions could not be removed: ${errors[0]?.Code ?? ""}`);
    }
  };
