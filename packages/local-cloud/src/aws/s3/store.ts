import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Clock } from "../../base/service.ts";
import type { Checksum } from "./checksums.ts";
import { transaction } from "../database.ts";

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
  /** Content-Type and its kin, and x-amz-meta-*, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum: Checksum;
  /** `null` for what was stored while versioning was not on. */
  readonly version: string;
  /** Of a multipart upload, in order. */
  readonly parts: readonly ObjectPart[] | undefined;
}

/** One part of an object that was uploaded in parts. */
export interface ObjectPart {
  readonly number: number;
  readonly size: number;
  /** Base64; only of an upload with a COMPOSITE checksum. */
  readonly checksum?: string | undefined;
}

/** What hides a key whose older versions are kept. */
export interface DeleteMarker {
  readonly bucket: string;
  readonly key: string;
  readonly modified: number;
  readonly version: string;
  readonly marker: true;
}

export type Version = (StoredObject & { readonly marker?: never }) | DeleteMarker;

/** One entry of a list of versions. `seq` orders those of one key. */
export interface ListedVersion {
  readonly version: Version;
  readonly latest: boolean;
  readonly seq: number;
}

/** Where a list of versions goes on: past all versions of the key, or past the one with `seq`. */
export interface VersionPlace {
  readonly key: string;
  readonly seq?: number | undefined;
}

/** One event for one target. */
export interface Message {
  readonly bucketArn: string;
  readonly targetArn: string;
  /** The object's key; messages of one key keep their order. */
  readonly key: string;
  readonly body: string;
}

export interface PendingMessage extends Message {
  readonly id: number;
}

/** Makes the messages of a change, given the number that orders it among the changes of its key. */
export type Announce = (sequencer: string) => readonly Message[];

/** Objects, and what is still to be told of them: both change in one transaction. */
export class Store {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  find(bucket: string, key: string): StoredObject | undefined {
    const row = this.#database.prepare("SELECT * FROM objects WHERE bucket = ? AND key = ?").get(bucket, key);
    return row && readObject(row);
  }

  /** In UTF-8 order of keys: from the first that is past `after`, and not before `prefix`. */
  list(bucket: string, prefix: string, after: string | undefined, limit: number): StoredObject[] {
    const from = after === undefined ? "key >= ?" : "key > ?";
    const rows = this.#database
      .prepare(`SELECT * FROM objects WHERE bucket = ? AND key >= ? AND ${from} ORDER BY key LIMIT ?`)
      .all(bucket, prefix, after ?? prefix, limit);
    return rows.map(readObject);
  }

  findVersion(bucket: string, key: string, version: string): Version | undefined {
    const row =
      this.#get("SELECT * FROM objects WHERE bucket = ? AND key = ? AND version = ?", bucket, key, version) ??
      this.#get("SELECT * FROM versions WHERE bucket = ? AND key = ? AND version = ?", bucket, key, version);
    return row && readVersion(row);
  }

  /** The delete marker that hides the key, if one does. */
  marker(bucket: string, key: string): DeleteMarker | undefined {
    if (this.find(bucket, key)) {
      return undefined;
    }
    const latest = this.#latestVersion(bucket, key);
    return latest?.marker ? latest : undefined;
  }

  /** By key, the newest version first. */
  listVersions(
    bucket: string,
    prefix: string,
    after: VersionPlace | undefined,
    limit: number,
  ): ListedVersion[] {
    const newer = "SELECT 1 FROM versions v WHERE v.bucket = o.bucket AND v.key = o.key AND v.seq > o.seq";
    const live = "SELECT 1 FROM objects v WHERE v.bucket = o.bucket AND v.key = o.key";
    // Without a place, `key >= ?4` is all that counts.
    const { key = "", seq = -1 } = after ?? {};
    const from = after === undefined ? "key >= ?1 AND seq > ?2" : "(key > ?1 OR key = ?1 AND seq < ?2)";
    const all = `SELECT ${columns}, 1 AS latest FROM objects WHERE bucket = ?3
      UNION ALL SELECT ${columns}, NOT EXISTS (${newer}) AND NOT EXISTS (${live}) FROM versions o WHERE bucket = ?3`;
    const rows = this.#database
      .prepare(`SELECT * FROM (${all}) WHERE key >= ?4 AND ${from} ORDER BY key, seq DESC LIMIT ?5`)
      .all(key, seq, bucket, prefix, limit);
    return rows.map((row) => ({
      version: readVersion(row),
      latest: row["latest"] === 1,
      seq: Number(row["seq"]),
    }));
  }

  /** Where a version stands among those of its key; undefined for one that is not there. */
  seqOf(bucket: string, key: string, version: string): number | undefined {
    const where = "WHERE bucket = ? AND key = ? AND version = ?";
    const sql = `SELECT seq FROM objects ${where} UNION ALL SELECT seq FROM versions ${where}`;
    const seq = this.#get(sql, ...[bucket, key, version, bucket, key, version])?.["seq"];
    return seq === undefined ? undefined : Number(seq);
  }

  /** Whether the bucket holds what only a versioned bucket can hold. */
  isVersioned(bucket: string): boolean {
    const current = "SELECT 1 FROM objects WHERE bucket = ? AND version <> 'null' LIMIT 1";
    const older = "SELECT 1 FROM versions WHERE bucket = ? LIMIT 1";
    return (this.#get(current, bucket) ?? this.#get(older, bucket)) !== undefined;
  }

  /**
   * Stores the object as the latest version of its key, unless `check` throws at the sight of the present one.
   * Answers the bodies that nothing refers to any more: those of the version with the same id.
   */
  put(object: StoredObject, check: Check, announce: Announce, also: () => void = () => undefined): string[] {
    return transaction(this.#database, () => {
      check(this.find(object.bucket, object.key));
      also();
      const bodies = this.#makeRoom(object);
      const sequencer = this.#nextSequencer();
      this.#database
        .prepare(`INSERT INTO objects (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
        .run(
          object.bucket,
          object.key,
          object.body,
          object.size,
          object.etag,
          object.modified,
          JSON.stringify(object.headers),
          JSON.stringify(object.checksum),
          object.version,
          Number.parseInt(sequencer, 16),
          object.parts ? JSON.stringify(object.parts) : null,
        );
      this.post(announce(sequencer));
      return bodies;
    });
  }

  /** Hides the key behind a delete marker, also a key that is not there. Answers as `put` does. */
  hide({ bucket, key, modified, version }: DeleteMarker, check: Check, announce: Announce): string[] {
    return transaction(this.#database, () => {
      check(this.find(bucket, key));
      const bodies = this.#makeRoom({ bucket, key, version });
      const sequencer = this.#nextSequencer();
      this.#database
        .prepare("INSERT INTO versions (bucket, key, modified, version, seq) VALUES (?, ?, ?, ?, ?)")
        .run(bucket, key, modified, version, Number.parseInt(sequencer, 16));
      this.post(announce(sequencer));
      return bodies;
    });
  }

  /** The object that was there, in a bucket without versions. Deleting nothing is no event. */
  delete(bucket: string, key: string, check: Check, announce: Announce): StoredObject | undefined {
    return transaction(this.#database, () => {
      const deleted = this.find(bucket, key);
      check(deleted);
      if (deleted) {
        this.#deleteRow("objects", deleted);
        this.post(announce(this.#nextSequencer()));
      }
      return deleted;
    });
  }

  /** Removes one version for good; the one before it, unless it is a delete marker, is what the key shows then. */
  deleteVersion(bucket: string, key: string, id: string, announce: Announce): Version | undefined {
    return transaction(this.#database, () => {
      const deleted = this.findVersion(bucket, key, id);
      if (!deleted) {
        return undefined;
      }
      for (const table of ["objects", "versions"] as const) {
        this.#deleteRow(table, deleted);
      }
      const latest = this.find(bucket, key) ? undefined : this.#latestVersion(bucket, key);
      if (latest && !latest.marker) {
        this.#move("versions", "objects", latest);
      }
      this.post(announce(this.#nextSequencer()));
      return deleted;
    });
  }

  /** When this data folder first saw the name, and whether that is now. */
  firstSeen(name: string): { at: number; fresh: boolean } {
    const known = this.#database.prepare("SELECT at FROM first_seen WHERE name = ?").get(name);
    if (known) {
      return { at: Number(known["at"]), fresh: false };
    }
    const at = this.#clock();
    this.#database.prepare("INSERT INTO first_seen VALUES (?, ?)").run(name, at);
    return { at, fresh: true };
  }

  post(messages: readonly Message[]): void {
    const insert = this.#database.prepare(
      "INSERT INTO outbox (bucket_arn, target_arn, key, body) VALUES (?, ?, ?, ?)",
    );
    for (const message of messages) {
      insert.run(message.bucketArn, message.targetArn, message.key, message.body);
    }
  }

  /** What is to be delivered, in order, past the message `after`. */
  pending(after: number): PendingMessage[] {
    const rows = this.#database.prepare("SELECT * FROM outbox WHERE id > ? ORDER BY id").all(after);
    return rows.map((row) => ({
      id: Number(row["id"]),
      bucketArn: String(row["bucket_arn"]),
      targetArn: String(row["target_arn"]),
      key: String(row["key"]),
      body: String(row["body"]),
    }));
  }

  delivered(id: number): void {
    this.#database.prepare("DELETE FROM outbox WHERE id = ?").run(id);
  }

  /** Every file that a version or a part still needs. */
  bodies(): Set<string> {
    const tables = ["objects", "versions", "parts"];
    const sql = tables.map((table) => `SELECT body FROM ${table} WHERE body IS NOT NULL`).join(" UNION ALL ");
    return new Set(
      this.#database
        .prepare(sql)
        .all()
        .map((row) => String(row["body"])),
    );
  }

  close(): void {
    if (this.#database.isOpen) {
      this.#database.close();
    }
  }

  /** The version that the key shows is kept as an older one, unless the new one has its id and takes its place. */
  #makeRoom({ bucket, key, version }: Place): string[] {
    const current = this.find(bucket, key);
    if (current && current.version !== version) {
      this.#move("objects", "versions", current);
    }
    const replaced = this.findVersion(bucket, key, version);
    if (!replaced) {
      return [];
    }
    for (const table of ["objects", "versions"] as const) {
      this.#deleteRow(table, replaced);
    }
    return replaced.marker ? [] : [replaced.body];
  }

  #latestVersion(bucket: string, key: string): Version | undefined {
    const sql = "SELECT * FROM versions WHERE bucket = ? AND key = ? ORDER BY seq DESC LIMIT 1";
    const row = this.#get(sql, bucket, key);
    return row && readVersion(row);
  }

  #move(from: Table, to: Table, place: Place): void {
    const { bucket, key, version } = place;
    this.#database
      .prepare(
        `INSERT INTO ${to} (${columns}) SELECT ${columns} FROM ${from} WHERE bucket = ? AND key = ? AND version = ?`,
      )
      .run(bucket, key, version);
    this.#deleteRow(from, place);
  }

  #deleteRow(table: Table, { bucket, key, version }: Place): void {
    this.#database
      .prepare(`DELETE FROM ${table} WHERE bucket = ? AND key = ? AND version = ?`)
      .run(bucket, key, version);
  }

  #get(sql: string, ...values: string[]): Row | undefined {
    return this.#database.prepare(sql).get(...values);
  }

  /**
   * Rises with every change, over restarts and, as it follows the clock, over a lost data folder too.
   * As long as S3's own, so that comparing strings is comparing numbers.
   */
  #nextSequencer(): string {
    const row = this.#database
      .prepare("UPDATE sequence SET last = max(last + 1, ?) RETURNING last")
      .get(Math.floor(this.#clock()) * 1024);
    return Number(row?.["last"]).toString(16).toUpperCase().padStart(18, "0");
  }
}

/** Of objects and versions. By name: in data folders of earlier versions they stand in another order. */
const columns = "bucket, key, body, size, etag, modified, headers, checksum, version, seq, parts";

type Row = Record<string, SQLOutputValue>;
type Table = "objects" | "versions";
type Place = Pick<Version, "bucket" | "key" | "version">;
type Check = (current: StoredObject | undefined) => void;

function readVersion(row: Row): Version {
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

function readObject(row: Row): StoredObject {
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
