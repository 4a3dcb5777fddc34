import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";

/** The versions and delete markers of a bucket. A bucket that never had versions has one of each object, "null". */
export interface Versions {
  /** Removes all versions of all objects whose keys begin with a prefix, or of some of them. Returns how many. */
  removeAll(prefix: string, which?: (key: string) => boolean): Promise<number>;
}

export const versionsIn = (s3: S3Client, Bucket: string): Versions => ({
  async removeAll(prefix, which = () => true) {
    let removed = 0;
    let from: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: prefix, ...from }));
      const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].flatMap(({ Key, VersionId }) =>
        Key !== undefined && which(Key) ? [{ Key, VersionId }] : [],
      );
      if (found.length > 0) {
        const { Errors: [failed] = [] } = await s3.send(
          new DeleteObjectsCommand({ Bucket, Delete: { Objects: found, Quiet: true } }),
        );
        if (failed) {
          throw new Error(`A version could not be removed: ${failed.Code ?? ""}`);
        }
        removed += found.length;
      }
      if (!page.IsTruncated) {
        return removed;
      }
      from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  },
});
