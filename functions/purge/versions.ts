import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  type S3Client,
} from "@aws-sdk/client-s3";

interface Which {
  /** Only these keys. */
  readonly key?: string;
  /** False if the rest is to be left for another call. */
  readonly hasTime?: () => boolean;
}

/** The versions and delete markers of a bucket. A bucket that never had versions has one of each object, "null". */
export interface Versions {
  count(prefix: string): Promise<number>;
  /** Removes all versions of all objects whose keys begin with a prefix. Returns how many. */
  removeAll(prefix: string, which?: Which): Promise<number>;
}

export function versionsIn(s3: S3Client, Bucket: string): Versions {
  /** The versions page by page: a page can be removed before the next one is read. */
  async function* pages(Prefix: string): AsyncGenerator<ObjectIdentifier[]> {
    let from: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } = {};
    for (let more = true; more;) {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, ...from }));
      yield [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].flatMap(({ Key, VersionId }) =>
        Key === undefined ? [] : [{ Key, VersionId }],
      );
      more = page.IsTruncated === true;
      from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }
  return {
    async count(prefix) {
      let count = 0;
      for await (const page of pages(prefix)) {
        count += page.length;
      }
      return count;
    },
    async removeAll(prefix, { key, hasTime = () => true } = {}) {
      let removed = 0;
      for await (const page of pages(prefix)) {
        const found = page.filter(({ Key }) => key === undefined || Key === key);
        await remove(s3, Bucket, found);
        removed += found.length;
        if (!hasTime()) {
          break;
        }
      }
      return removed;
    },
  };
}

/** A request that deletes one object is free, one that deletes many costs as much as a PUT. */
const maxFree = 10;

async function remove(s3: S3Client, Bucket: string, Objects: ObjectIdentifier[]): Promise<void> {
  if (Objects.length <= maxFree) {
    await Promise.all(Objects.map((one) => s3.send(new DeleteObjectCommand({ Bucket, ...one }))));
    return;
  }
  const { Errors: [failed] = [] } = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
  );
  if (failed) {
    throw new Error(`A version could not be removed: ${failed.Code ?? ""}`);
  }
}
