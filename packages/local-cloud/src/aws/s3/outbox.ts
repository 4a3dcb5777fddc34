import type { DatabaseSync } from "node:sqlite";

/** One event for one target. */
export interface Message {
  readonly bucketArn: string;
  readonly targetArn: string;
  /** The object's key. Messages of one key keep their order. */
  readonly key: string;
  readonly body: string;
}

export interface PendingMessage extends Message {
  readonly id: number;
}

/** The messages that are not delivered yet. A change and its messages are written in one transaction. */
export class Outbox {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  add(messages: readonly Message[]): void {
    const insert = this.#database.prepare(
      "INSERT INTO outbox (bucket_arn, target_arn, key, body) VALUES (?, ?, ?, ?)",
    );
    for (const { bucketArn, targetArn, key, body } of messages) {
      insert.run(bucketArn, targetArn, key, body);
    }
  }

  /** The messages after the one with the id `after`, in order. */
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

  remove(id: number): void {
    this.#database.prepare("DELETE FROM outbox WHERE id = ?").run(id);
  }
}
