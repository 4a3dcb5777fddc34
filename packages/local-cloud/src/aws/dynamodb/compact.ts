import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { forgetHistory } from "./history.ts";

/** Seconds for which a stream keeps its records, as DynamoDB does. */
const streamRetention = 86_400;

/**
 * Removes what deleted items have left in the engine's file: their history, free pages of SQLite, and records of streams
 * that are older than a day. The last record of each table stays, because the engine numbers the next one after it. Only while
 * the engine is stopped.
 */
export function compact(file: string, now = Date.now()): void {
  if (!existsSync(file)) {
    // Somebody has removed the data folder.
    return;
  }
  using database = new DatabaseSync(file, { timeout: 5000 });
  database
    .prepare(
      `DELETE FROM _stream_records
       WHERE created_at < ? AND id NOT IN (SELECT MAX(id) FROM _stream_records GROUP BY table_name)`,
    )
    .run(Math.floor(now / 1000) - streamRetention);
  forgetHistory(database);
  database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
}
