import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Storage } from "../base/service.ts";

/**
 * A service's own database, which only its owner can read; `schema` must bear being run again. With a write-ahead
 * log and `synchronous = NORMAL` every commit outlives the process, however it ends; a power cut may take the last
 * moments, but leaves no half of a transaction.
 */
export function openDatabase({ folder, memory }: Storage, name: string, schema: string): DatabaseSync {
  const database = new DatabaseSync(memory ? ":memory:" : secretFile(folder, `${name}.sqlite`));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;");
  database.exec(schema);
  return database;
}

/** Takes up a database from before its table had the column, which is written as SQL declares it. */
export function addColumn(database: DatabaseSync, table: string, column: string): void {
  const columns = database.prepare(`PRAGMA table_info(${table})`).all();
  if (columns.some(({ name }) => name === column.split(" ")[0])) {
    return;
  }
  database.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
}

/** All or nothing. `work` must be synchronous: that is what keeps two requests apart. */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

/** SQLite would make it readable to all; its journal files copy this file's mode. */
function secretFile(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, name);
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
  return file;
}
