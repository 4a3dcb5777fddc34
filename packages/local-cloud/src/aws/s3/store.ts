import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../base/service.ts";
import { transaction } from "../database.ts";
import {
  columns,
  type DeleteMarker,
  type ListedVersion,
  readObject,
  readVersion,
  type Row,
  type StoredObject,
  valuesOf,
  type Version,
  type VersionPlace,
} from "./objects.ts";
import { type Message, Outbox } from "./outbox.ts";

/** Makes the messages of a change. `sequencer` orders it among the changes of its key. */
export type MakeMessages = (sequencer: string) => readonly Message[];

type Table = "objects" | "versions";
type Place = Pick<Version, "bucket" | "key" | "version">;
type Check = (current: StoredObject | undefined) => void;

/** Objects and the messages about them. Both change in one transaction. */
export class Store {
  readonly outbox: Outbox;
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.outbox = new Outbox(database);
  }

  find(bucket: string, key: string): StoredObject | undefined {
    const row = this.#database.prepare("SELECT * FROM objects WHERE bucket = ? AND key = ?").get(bucket, key);
    return row && readObject(row);
  }

  /** In UTF-8 order of keys, from `prefix` on, and after the key `after` if it is given. */
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
    // Without a place only `key >= ?4` limits the list.
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

  /** The position of a version among those of its key. Undefined if the version does not exist. */
  seqOf(bucket: string, key: string, version: string): number | undefined {
    const where = "WHERE bucket = ? AND key = ? AND version = ?";
    const sql = `SELECT seq FROM objects ${where} UNION ALL SELECT seq FROM versions ${where}`;
    const seq = this.#get(sql, ...[bucket, key, version, bucket, key, version])?.["seq"];
    return seq === undefined ? undefined : Number(seq);
  }

  /** Whether the bucket has a version id or an older version. */
  isVersioned(bucket: string): boolean {
    const current = "SELECT 1 FROM objects WHERE bucket = ? AND version <> 'null' LIMIT 1";
    const older = "SELECT 1 FROM versions WHERE bucket = ? LIMIT 1";
    return (this.#get(current, bucket) ?? this.#get(older, bucket)) !== undefined;
  }

  /**
   * Stores the object as the latest version of its key, unless `check`, which gets the current object, throws.
   * Returns the ids of bodies that are no longer needed: the body of a replaced version with the same id.
   */
  put(
    object: StoredObject,
    check: Check,
    makeMessages: MakeMessages,
    also: () => void = () => undefined,
  ): string[] {
    return transaction(this.#database, () => {
      check(this.find(object.bucket, object.key));
      also();
      const bodies = this.#archiveAndReplace(object);
      const sequencer = this.#nextSequencer();
      this.#database
        .prepare(`INSERT INTO objects (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
        .run(...valuesOf(object, Number.parseInt(sequencer, 16)));
      this.outbox.add(makeMessages(sequencer));
      return bodies;
    });
  }

  /** Adds a delete marker, even if the key does not exist. Returns what `put` returns. */
  hide({ bucket, key, modified, version }: DeleteMarker, check: Check, makeMessages: MakeMessages): string[] {
    return transaction(this.#database, () => {
      check(this.find(bucket, key));
      const bodies = this.#archiveAndReplace({ bucket, key, version });
      const sequencer = this.#nextSequencer();
      this.#database
        .prepare("INSERT INTO versions (bucket, key, modified, version, seq) VALUES (?, ?, ?, ?, ?)")
        .run(bucket, key, modified, version, Number.parseInt(sequencer, 16));
      this.outbox.add(makeMessages(sequencer));
      return bodies;
    });
  }

  /** For a bucket without versions. Returns the deleted object. A key that does not exist causes no event. */
  delete(bucket: string, key: string, check: Check, makeMessages: MakeMessages): StoredObject | undefined {
    return transaction(this.#database, () => {
      const deleted = this.find(bucket, key);
      check(deleted);
      if (deleted) {
        this.#deleteRow("objects", deleted);
        this.outbox.add(makeMessages(this.#nextSequencer()));
      }
      return deleted;
    });
  }

  /** Deletes one version. The previous version becomes the current object unless it is a delete marker. */
  deleteVersion(bucket: string, key: string, id: string, makeMessages: MakeMessages): Version | undefined {
    return transaction(this.#database, () => {
      const deleted = this.findVersion(bucket, key, id);
      if (!deleted) {
        return undefined;
      }
      this.#deleteRow("objects", deleted);
      this.#deleteRow("versions", deleted);
      const latest = this.find(bucket, key) ? undefined : this.#latestVersion(bucket, key);
      if (latest && !latest.marker) {
        this.#move("versions", "objects", latest);
      }
      this.outbox.add(makeMessages(this.#nextSequencer()));
      return deleted;
    });
  }

  /** The time of the first call with this name in this data folder. `fresh` is true in that call. */
  firstSeen(name: string): { at: number; fresh: boolean } {
    const known = this.#database.prepare("SELECT at FROM first_seen WHERE name = ?").get(name);
    if (known) {
      return { at: Number(known["at"]), fresh: false };
    }
    const at = this.#clock();
    this.#database.prepare("INSERT INTO first_seen VALUES (?, ?)").run(name, at);
    return { at, fresh: true };
  }

  /** The ids of all bodies that a version or a part refers to. */
  bodies(): Set<string> {
    const tables = ["objects", "versions", "parts"];
    const sql = tables.map((table) => `SELECT body FROM ${table} WHERE body IS NOT NULL`).join(" UNION ALL ");
    const rows = this.#database.prepare(sql).all();
    return new Set(rows.map((row) => String(row["body"])));
  }

  close(): void {
    if (this.#database.isOpen) {
      this.#database.close();
    }
  }

  /** Makes the current object an older version. A version with the new id is deleted instead, and its body returned. */
  #archiveAndReplace({ bucket, key, version }: Place): string[] {
    const current = this.find(bucket, key);
    if (current && current.version !== version) {
      this.#move("objects", "versions", current);
    }
    const replaced = this.findVersion(bucket, key, version);
    if (!replaced) {
      return [];
    }
    this.#deleteRow("objects", replaced);
    this.#deleteRow("versions", replaced);
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
   * Rises with every change. It follows the clock, so it also rises after a restart with a new data folder.
   * All sequencers have the length of S3's, so that they compare as strings.
   */
  #nextSequencer(): string {
    const row = this.#database
      .prepare("UPDATE sequence SET last = max(last + 1, ?) RETURNING last")
      .get(Math.floor(this.#clock()) * 1024);
    return Number(row?.["last"]).toString(16).toUpperCase().padStart(18, "0");
  }
}
