import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { Checksum } from "./checksums.ts";

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  /** Id of the file with its bytes. */
  readonly body: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  /** Content-Type and the other system headers, and x-amz-meta-*, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum: Checksum;
  /** `null` if versioning was off or suspended when the object was stored. */
  readonly version: string;
  /** In order. Undefined for an object that was not uploaded in parts. */
  readonly parts: readonly ObjectPart[] | undefined;
}

/** One part of an object that was uploaded in parts. */
export interface ObjectPart {
  readonly number: number;
  readonly size: number;
  /** Base64. Present only if the object has a COMPOSITE checksum. */
  readonly checksum?: string | undefined;
}

/** Hides a key. The older versions of the key remain. */
export interface DeleteMarker {
  readonly bucket: string;
  readonly key: string;
  readonly modified: number;
  readonly version: string;
  readonly marker: true;
}

export type Version = (StoredObject & { readonly marker?: never }) | DeleteMarker;

/** One entry of a list of versions. `seq` orders the versions of a key. */
export interface ListedVersion {
  readonly version: Version;
  readonly latest: boolean;
  readonly seq: number;
}

/** Where a list of versions continues: after all versions of the key, or after the version with `seq`. */
export interface VersionPlace {
  readonly key: string;
  readonly seq?: number | undefined;
}

/** The columns of both tables. Their order differs in older data folders, so statements name them. */
export const columns = "bucket, key, body, size, etag, modified, headers, checksum, version, seq, parts";

export type Row = Record<string, SQLOutputValue>;

/** A delete marker has no body. */
export function readVersion(row: Row): Version {
  if (row["body"] !== null) {
    return readObject(row);
  }
  return {
    bucket: String(row["bucket"]),
    key: String(row["key"]),
    modified: Number(row["modified"]),
    version: String(row["version"]),
    marker: true,
  };
}

/** The values of `columns`. */
export function valuesOf(object: StoredObject, seq: number): SQLInputValue[] {
  const { bucket, key, body, size, etag, modified, version, parts } = object;
  const [headers, checksum] = [object.headers, object.checksum].map((value) => JSON.stringify(value));
  const partsJson = parts ? JSON.stringify(parts) : null;
  return [bucket, key, body, size, etag, modified, headers ?? "", checksum ?? "", version, seq, partsJson];
}

export function readObject(row: Row): StoredObject {
  return {
    bucket: String(row["bucket"]),
    key: String(row["key"]),
    body: String(row["body"]),
    size: Number(row["size"]),
    etag: String(row["etag"]),
    modified: Number(row["modified"]),
    headers: JSON.parse(String(row["headers"])) as Record<string, string>,
    checksum: JSON.parse(String(row["checksum"])) as Checksum,
    version: String(row["version"]),
    parts: typeof row["parts"] === "string" ? (JSON.parse(row["parts"]) as ObjectPart[]) : undefined,
  };
}
