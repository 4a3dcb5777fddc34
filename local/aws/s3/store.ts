import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Clock } from "../service.ts";
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
}

/** One event for one queue. */
export interface Message {
  readonly bucketArn: string;
  readonly queueArn: string;
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

  /** Stores the object, unless `check` throws at the sight of the present one, which is returned. */
  put(
    object: StoredObject,
    check: (current: StoredObject | undefined) => void,
    announce: Announce,
    also: () => void = () => undefined,
  ): StoredObject | undefined {
    return transaction(this.#database, () => {
      const replaced = this.find(object.bucket, object.key);
      check(replaced);
      also();
      this.#database
        .prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .run(
          object.bucket,
          object.key,
          object.body,
          object.size,
          object.etag,
          object.modified,
          JSON.stringify(object.headers),
          JSON.stringify(object.checksum),
        );
      this.post(announce(this.#nextSequencer()));
      return replaced;
    });
  }

  /** The object that was there. Deleting nothing is no event. */
  delete(
    bucket: string,
    key: string,
    check: (current: StoredObject | undefined) => void,
    announce: Announce,
  ): StoredObject | undefined {
    return transaction(this.#database, () => {
      const deleted = this.find(bucket, key);
      check(deleted);
      if (deleted) {
        this.#database.prepare("DELETE FROM objects WHERE bucket = ? AND key = ?").run(bucket, key);
        this.post(announce(this.#nextSequencer()));
      }
      return deleted;
    });
  }

  /** When this data folder first saw the name, and whether that is now. */
  firstSeen(name: string): { at: number; fresh: boolean } {
    const known = this.#database.prepare("SELECT at FROM first_seen WHERE name = ?").get(name);
    if (known) return { at: Number(known["at"]), fresh: false };
    const at = this.#clock();
    this.#database.prepare("INSERT INTO first_seen VALUES (?, ?)").run(name, at);
    return { at, fresh: true };
  }

  post(messages: readonly Message[]): void {
    const insert = this.#database.prepare(
      "INSERT INTO outbox (bucket_arn, queue_arn, key, body) VALUES (?, ?, ?, ?)",
    );
    for (const message of messages)
      insert.run(message.bucketArn, message.queueArn, message.key, message.body);
  }

  /** What is to be delivered, in order, past the message `after`. */
  pending(after: number): PendingMessage[] {
    const rows = this.#database.prepare("SELECT * FROM outbox WHERE id > ? ORDER BY id").all(after);
    return rows.map((row) => ({
      id: Number(row["id"]),
      bucketArn: String(row["bucket_arn"]),
      queueArn: String(row["queue_arn"]),
      key: String(row["key"]),
      body: String(row["body"]),
    }));
  }

  delivered(id: number): void {
    this.#database.prepare("DELETE FROM outbox WHERE id = ?").run(id);
  }

  /** Every file that an object or a part still needs. */
  bodies(): Set<string> {
    const rows = this.#database.prepare("SELECT body FROM objects UNION ALL SELECT body FROM parts").all();
    return new Set(rows.map((row) => String(row["body"])));
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
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

function readObject(row: Record<string, SQLOutputValue>): StoredObject {
  return {
    bucket: String(row["bucket"]),
    key: String(row["key"]),
    body: String(row["body"]),
    size: Number(row["size"]),
    etag: String(row["etag"]),
    modified: Number(row["modified"]),
    headers: JSON.parse(String(row["headers"])) as Record<string, string>,
    checksum: JSON.parse(String(row["checksum"])) as Checksum,
  };
}
