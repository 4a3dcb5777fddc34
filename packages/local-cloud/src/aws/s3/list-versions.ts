import { checkOwner } from "./attributes.ts";
import type { Bucket } from "./buckets.ts";
import { type Context, sendXml } from "./context.ts";
import { invalidArgument } from "./errors.ts";
import { ownerId } from "./access.ts";
import { commonPrefix, type Listing, pastPrefix, readListing } from "./list.ts";
import type { BucketRequest } from "./request.ts";
import type { ListedVersion, VersionPlace } from "./objects.ts";
import type { Store } from "./store.ts";
import { checkVersionId } from "./versions.ts";
import { element, group } from "../xml.ts";
import { document } from "./xml.ts";

/** Source: docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export function listObjectVersions(context: Context, request: BucketRequest): void {
  context.access.bucket(request, "s3:ListBucketVersions");
  checkOwner(request);
  const listing = readListing(request);
  const keyMarker = request.query("key-marker") ?? "";
  const versionMarker = request.query("version-id-marker") ?? "";
  const from = placeOf(context.store, request.bucketOf, keyMarker, versionMarker);
  const { entries, more } = readPage(context.store, request.bucket, listing, from);
  const last = more ? entries.at(-1) : undefined;
  const text = (name: string, value: string) => element(name, listing.encode(value));
  sendXml(
    request,
    document("ListVersionsResult", [
      element("Name", request.bucket),
      text("Prefix", listing.prefix),
      ...(listing.delimiter === undefined ? [] : [text("Delimiter", listing.delimiter)]),
      ...(request.query("encoding-type") === undefined ? [] : [element("EncodingType", "url")]),
      text("KeyMarker", keyMarker),
      element("VersionIdMarker", versionMarker),
      ...(last ? [text("NextKeyMarker", last.name)] : []),
      ...(last?.listed ? [element("NextVersionIdMarker", last.listed.version.version)] : []),
      element("MaxKeys", listing.maxKeys),
      element("IsTruncated", more),
      ...entries.flatMap(({ listed }) => (listed ? [presented(request, listed, text)] : [])),
      ...entries.flatMap(({ name, listed }) =>
        listed ? [] : [group("CommonPrefixes", [text("Prefix", name)])],
      ),
    ]),
  );
}

/** A version, or a common prefix if `listed` is undefined. */
interface Entry {
  readonly name: string;
  readonly listed: ListedVersion | undefined;
}

/** Where the list continues. Throws `InvalidArgument` for a version without a key. */
function placeOf(store: Store, bucket: Bucket, key: string, version: string): VersionPlace | undefined {
  if (version === "") {
    return key === "" ? undefined : { key };
  }
  if (key === "") {
    const message = "A version-id marker cannot be specified without a key marker.";
    throw invalidArgument(message, "version-id-marker", version);
  }
  const id = checkVersionId(version, bucket);
  return { key, seq: store.seqOf(bucket.name, key, id) };
}

function readPage(store: Store, bucket: string, listing: Listing, from: VersionPlace | undefined) {
  const entries: Entry[] = [];
  for (const entry of walk(store, bucket, listing, from)) {
    if (entries.length >= listing.maxKeys) {
      return { entries, more: listing.maxKeys > 0 };
    }
    entries.push(entry);
  }
  return { entries, more: false };
}

function* walk(
  store: Store,
  bucket: string,
  listing: Listing,
  from: VersionPlace | undefined,
): Generator<Entry> {
  const { prefix, maxKeys } = listing;
  // After a key marker that is a common prefix, all keys of the prefix are skipped.
  const rolledUp =
    from?.seq === undefined && from?.key !== undefined && from.key === commonPrefix(from.key, listing);
  let after: VersionPlace | undefined = rolledUp ? { key: pastPrefix(from.key) } : from;
  for (;;) {
    const batch = store.listVersions(bucket, prefix, after, maxKeys + 1);
    for (const listed of batch) {
      const { key } = listed.version;
      if (!key.startsWith(prefix)) {
        return;
      }
      const common = commonPrefix(key, listing);
      after = common === undefined ? { key, seq: listed.seq } : { key: pastPrefix(common) };
      yield common === undefined ? { name: key, listed } : { name: common, listed: undefined };
      if (common !== undefined) {
        break;
      }
    }
    if (batch.length === 0) {
      return;
    }
  }
}

function presented(
  request: BucketRequest,
  { version, latest }: ListedVersion,
  text: (name: string, value: string) => string,
): string {
  const shared = [
    text("Key", version.key),
    element("VersionId", version.version),
    element("IsLatest", latest),
    element("LastModified", new Date(version.modified).toISOString()),
    group("Owner", [element("ID", ownerId(request.call.principal))]),
  ];
  if (version.marker) {
    return group("DeleteMarker", shared);
  }
  return group("Version", [
    ...shared,
    element("ETag", `"${version.etag}"`),
    element("ChecksumAlgorithm", version.checksum.algorithm.toUpperCase()),
    element("ChecksumType", version.checksum.type),
    element("Size", version.size),
    element("StorageClass", "STANDARD"),
  ]);
}
