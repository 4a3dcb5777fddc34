import type { DatabaseSync } from "node:sqlite";
import type { Storage } from "../../base/service.ts";
import { LateDatabase } from "../database.ts";
import type { Item } from "./client.ts";
import type { StreamRecord } from "./stream-records.ts";

/** An item that DynamoDB itself deletes because its time to live has passed. */
export interface ExpiredItem {
  readonly tableName: string;
  readonly key: Item;
  /** The number in the TTL attribute. */
  readonly expiresAt: string;
}

const schema = `
  CREATE TABLE IF NOT EXISTS expired_items (
    id INTEGER PRIMARY KEY,
    table_name TEXT NOT NULL,
    item_key TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    marked_at INTEGER NOT NULL,
    sequence_number TEXT
  );
  CREATE UNIQUE INDEX IF NOT EXISTS unread ON expired_items (table_name, item_key, expires_at)
    WHERE sequence_number IS NULL;
  CREATE INDEX IF NOT EXISTS by_item ON expired_items (table_name, item_key);`;

const prepare = (database: DatabaseSync) => ({
  mark: database.prepare(
    `INSERT INTO expired_items (table_name, item_key, expires_at, marked_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (table_name, item_key, expires_at) WHERE sequence_number IS NULL
       DO UPDATE SET marked_at = excluded.marked_at
       RETURNING id`,
  ),
  unmark: database.prepare("DELETE FROM expired_items WHERE id = ?"),
  find: database.prepare(
    `SELECT id, sequence_number FROM expired_items
       WHERE table_name = ? AND item_key = ? AND expires_at = ?
         AND (sequence_number = ? OR (sequence_number IS NULL AND marked_at < ?))
       ORDER BY sequence_number IS NULL LIMIT 1`,
  ),
  assign: database.prepare("UPDATE expired_items SET sequence_number = ? WHERE id = ?"),
  prune: database.prepare("DELETE FROM expired_items WHERE marked_at < ?"),
});

/** A stream keeps its records for 24 hours. */
const retention = 25 * 3_600_000;

/**
 * Remembers which items DynamoDB itself deletes, so that their records in the stream can say so: the engine's records
 * do not. An item is marked before it is deleted, so that a crash in between loses no mark. The first record that fits
 * a mark gets it, and keeps it for all readers.
 */
export class ExpiredItems {
  readonly #database: LateDatabase<ReturnType<typeof prepare>>;

  constructor(storage: Storage) {
    this.#database = new LateDatabase(storage, "expired-items", schema, prepare);
  }

  /** Returns the mark's id. */
  mark({ tableName, key, expiresAt }: ExpiredItem, now: number): number {
    const { mark } = this.#database.use().statements;
    return Number(mark.get(tableName, canonical(key), expiresAt, now)?.["id"]);
  }

  /** Removes the mark of an item that was not deleted. */
  unmark(id: number): void {
    this.#database.use().statements.unmark.run(id);
  }

  /** Whether the record of a table with a TTL attribute is of an item that DynamoDB itself deleted. */
  includes(tableName: string, ttlAttribute: string, { eventName, dynamodb }: StreamRecord): boolean {
    const { Keys, OldImage, SequenceNumber, ApproximateCreationDateTime: created = Infinity } = dynamodb;
    const { N: expiresAt } = (OldImage?.[ttlAttribute] ?? {}) as { N?: string };
    if (eventName !== "REMOVE" || Keys === undefined || expiresAt === undefined || !this.#database.exists) {
      return false;
    }
    const { find, assign } = this.#database.use().statements;
    // The creation date is in whole seconds.
    const markedBefore = Math.min((created + 1) * 1000, Number.MAX_SAFE_INTEGER);
    const found = find.get(tableName, canonical(Keys), expiresAt, SequenceNumber, markedBefore);
    if (found?.["sequence_number"] === null) {
      assign.run(SequenceNumber, Number(found["id"]));
    }
    return found !== undefined;
  }

  /** Forgets items whose records are no longer in a stream. */
  prune(now: number): void {
    if (this.#database.exists) {
      this.#database.use().statements.prune.run(now - retention);
    }
  }

  close(): void {
    this.#database.close();
  }
}

function canonical(key: Item): string {
  return JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
}
