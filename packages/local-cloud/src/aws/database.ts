import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Storage } from "../base/service.ts";

/**
 * Opens the database of one service. Only the owner of the process can read its file. `schema` runs at each start.
 * With a write-ahead log and `synchronous = NORMAL`, a crash of the process loses no commit. A power failure may lose
 * the last commits, but never leaves half a transaction. What is deleted is overwritten; once the database is closed, no
 * file has it.
 */
export function openDatabase({ folder, memory }: Storage, name: string, schema: string): DatabaseSync {
  const database = new DatabaseSync(memory ? ":memory:" : secretFile({ folder }, name));
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON;",
  );
  database.exec(schema);
  return database;
}

interface OpenDatabase<Statements> {
  readonly database: DatabaseSync;
  readonly statements: Statements;
}

/** A database that is opened at its first use. A service that stores nothing creates no file. */
export class LateDatabase<Statements> {
  readonly #storage: Storage;
  readonly #name: string;
  readonly #openIn: () => OpenDatabase<Statements>;
  #opened: OpenDatabase<Statements> | undefined;
  #closed = false;

  constructor(
    storage: Storage,
    name: string,
    schema: string,
    prepare: (database: DatabaseSync) => Statements,
  ) {
    this.#storage = storage;
    this.#name = name;
    this.#openIn = () => {
      const database = openDatabase(storage, name, schema);
      return { database, statements: prepare(database) };
    };
  }

  /** False if it is not open, and no earlier process has left a file. There is nothing to read then. */
  get exists(): boolean {
    return (
      this.#opened !== undefined || (!this.#storage.memory && existsSync(fileIn(this.#storage, this.#name)))
    );
  }

  use(): OpenDatabase<Statements> {
    if (this.#closed) {
      throw new Error(`The database ${this.#name} is closed.`);
    }
    this.#opened ??= this.#openIn();
    return this.#opened;
  }

  close(): void {
    this.#closed = true;
    if (this.#opened?.database.isOpen) {
      this.#opened.database.close();
    }
  }
}

/** Adds a column to the table of an older database. `column` is its declaration in SQL. */
export function addColumn(database: DatabaseSync, table: string, column: string): void {
  const columns = database.prepare(`PRAGMA table_info(${table})`).all();
  if (columns.some(({ name }) => name === column.split(" ")[0])) {
    return;
  }
  database.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
}

/** Commits all changes of `work`, or none. `work` must be synchronous, so that no other request runs inside it. */
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

/** SQLite alone would create a file that all users can read. Its journal files get the mode of this file. */
function secretFile(storage: Pick<Storage, "folder">, name: string): string {
  mkdirSync(storage.folder, { recursive: true, mode: 0o700 });
  const file = fileIn(storage, name);
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
  return file;
}

const fileIn = ({ folder }: Pick<Storage, "folder">, name: string): string => join(folder, `${name}.sqlite`);
