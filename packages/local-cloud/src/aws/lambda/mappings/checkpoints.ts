import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openDatabase } from "../../database.ts";
import type { Storage } from "../../../base/service.ts";

/** The position of a mapping in one shard. */
export interface Checkpoint {
  /** The last record before which all records are handled or discarded. Undefined at the start. */
  readonly sequenceNumber?: string;
  /** True if the shard has closed, and all its records are handled or discarded. */
  readonly closed: boolean;
}

interface Row {
  readonly shardId: string;
  readonly sequenceNumber: string | null;
  readonly closed: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS checkpoints (mapping TEXT NOT NULL, stream TEXT NOT NULL, shardId TEXT NOT NULL,
    sequenceNumber TEXT, closed INTEGER NOT NULL, PRIMARY KEY (mapping, stream, shardId)) STRICT`;

/** The checkpoints of stream mappings, on disk. After a crash, records are delivered again, and none is skipped. */
export class Checkpoints {
  readonly #db: DatabaseSync;
  readonly #save: StatementSync;

  constructor(storage: Storage) {
    this.#db = openDatabase(storage, "checkpoints", schema);
    this.#save = this.#db.prepare("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?)");
  }

  /** By shard. Empty for a mapping that has never run. */
  load(mapping: string, stream: string): Map<string, Checkpoint> {
    const rows = this.#db
      .prepare("SELECT shardId, sequenceNumber, closed FROM checkpoints WHERE mapping = ? AND stream = ?")
      .all(mapping, stream) as unknown as Row[];
    return new Map(
      rows.map(({ shardId, sequenceNumber, closed }) => [
        shardId,
        { ...(sequenceNumber !== null && { sequenceNumber }), closed: closed === 1 },
      ]),
    );
  }

  save(mapping: string, stream: string, shardId: string, { sequenceNumber, closed }: Checkpoint): void {
    // A function still ran at the stop. Its records are delivered again after the next start.
    if (!this.#db.isOpen) {
      return;
    }
    this.#save.run(mapping, stream, shardId, sequenceNumber ?? null, closed ? 1 : 0);
  }

  close(): void {
    if (this.#db.isOpen) {
      this.#db.close();
    }
  }
}
