import { checkOwner } from "./attributes.ts";
import { type Context, sendXml } from "./context.ts";
import { invalidArgument } from "./errors.ts";
import { ownerId } from "./access.ts";
import type { BucketRequest } from "./request.ts";
import type { StoredObject } from "./objects.ts";
import type { Store } from "./store.ts";
import { formEncode } from "./url-encoding.ts";
import { element, group } from "../xml.ts";
import { document } from "./xml.ts";

/** Source: docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjectsV2(context: Context, request: BucketRequest): void {
  context.access.bucket(request, "s3:ListBucket");
  checkOwner(request);
  const listing = readListing(request);
  const page = readPage(context.store, request.bucket, listing);
  const text = (name: string, value: string) => element(name, listing.encode(value));
  const given = (name: string, value: string | undefined) => (value === undefined ? [] : [text(name, value)]);
  const token = request.query("continuation-token");
  sendXml(
    request,
    document("ListBucketResult", [
      element("Name", request.bucket),
      text("Prefix", listing.prefix),
      ...given("Delimiter", listing.delimiter),
      ...given("StartAfter", request.query("start-after")),
      ...(request.query("encoding-type") === undefined ? [] : [element("EncodingType", "url")]),
      element("KeyCount", page.entries.length),
      element("MaxKeys", listing.maxKeys),
      element("IsTruncated", page.next !== undefined),
      ...(token === undefined ? [] : [element("ContinuationToken", token)]),
      ...(page.next === undefined ? [] : [element("NextContinuationToken", page.next)]),
      ...page.entries.flatMap((entry) => (entry.object ? [contents(request, entry.object, text)] : [])),
      ...page.entries.flatMap((entry) =>
        entry.object ? [] : [group("CommonPrefixes", [text("Prefix", entry.name)])],
      ),
    ]),
  );
}

export interface Listing {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** Where the page begins. If the last entry was a common prefix, all its keys are skipped. */
  readonly from: Place | undefined;
  readonly maxKeys: number;
  encode(text: string): string;
}

interface Place {
  readonly name: string;
  readonly isPrefix: boolean;
}

/** A key, or a common prefix if `object` is undefined. */
interface Entry {
  readonly name: string;
  readonly object: StoredObject | undefined;
}

export function readListing(request: BucketRequest): Listing {
  const maxKeys = request.query("max-keys") ?? "1000";
  if (!/^\d{1,10}$/.test(maxKeys) || Number(maxKeys) > 2_147_483_647) {
    throw invalidArgument("Provided max-keys not an integer or within integer range", "max-keys", maxKeys);
  }
  const encoding = request.query("encoding-type");
  if ((encoding ?? "url") !== "url") {
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding ?? "");
  }
  const startAfter = request.query("start-after") ?? "";
  const token = request.query("continuation-token");
  const start = startAfter === "" ? undefined : { name: startAfter, isPrefix: false };
  return {
    prefix: request.query("prefix") ?? "",
    delimiter: request.query("delimiter") || undefined,
    from: token === undefined ? start : readToken(token),
    maxKeys: Math.min(Number(maxKeys), 1000),
    encode: encoding === undefined ? (text) => text : formEncode,
  };
}

/** Reads one entry more than the page needs, to learn whether there is a next page. */
function readPage(
  store: Store,
  bucket: string,
  listing: Listing,
): { entries: Entry[]; next: string | undefined } {
  if (listing.maxKeys === 0) {
    return { entries: [], next: undefined };
  }
  const entries: Entry[] = [];
  for (const entry of walk(store, bucket, listing)) {
    const last = entries.at(-1);
    if (last && entries.length === listing.maxKeys) {
      return { entries, next: writeToken({ name: last.name, isPrefix: !last.object }) };
    }
    entries.push(entry);
  }
  return { entries, next: undefined };
}

function* walk(store: Store, bucket: string, listing: Listing): Generator<Entry> {
  const { prefix, from, maxKeys } = listing;
  let rolledUp = from?.isPrefix ? from.name : undefined;
  let after = rolledUp === undefined ? from?.name : pastPrefix(rolledUp);
  for (;;) {
    const batch = store.list(bucket, prefix, after, maxKeys + 1);
    for (const object of batch) {
      if (!object.key.startsWith(prefix)) {
        return;
      }
      after = object.key;
      const common = commonPrefix(object.key, listing);
      if (common === undefined) {
        yield { name: object.key, object };
      }
      if (common === undefined || common === rolledUp) {
        continue;
      }
      yield { name: common, object: undefined };
      rolledUp = common;
      after = pastPrefix(common);
      break;
    }
    if (batch.length === 0) {
      return;
    }
  }
}

export function commonPrefix(key: string, { prefix, delimiter }: Listing): string | undefined {
  const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
  return delimiter === undefined || end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

/** Sorts after all keys of the prefix, so that a large folder is skipped by one look-up. */
export const pastPrefix = (prefix: string): string => `${prefix}\u{10ffff}`;

function contents(
  request: BucketRequest,
  object: StoredObject,
  text: (name: string, value: string) => string,
): string {
  const owner = request.query("fetch-owner") === "true";
  const { algorithm, type } = object.checksum;
  return group("Contents", [
    text("Key", object.key),
    element("LastModified", new Date(object.modified).toISOString()),
    element("ETag", `"${object.etag}"`),
    element("ChecksumAlgorithm", algorithm.toUpperCase()),
    element("ChecksumType", type),
    element("Size", object.size),
    ...(owner ? [group("Owner", [element("ID", ownerId(request.call.principal))])] : []),
    element("StorageClass", "STANDARD"),
  ]);
}

function writeToken(place: Place): string {
  return Buffer.from(`${place.isPrefix ? "p" : "k"}${place.name}`).toString("base64url");
}

function readToken(token: string): Place {
  const text = Buffer.from(token, "base64url").toString();
  const place = { name: text.slice(1), isPrefix: text.startsWith("p") };
  if (writeToken(place) !== token) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  }
  return place;
}
