import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { Item } from "./client.ts";
import type { TableDefinition } from "./tables.ts";

/** The window of point-in-time recovery. */
const retention = 35 * 86_400_000;

/** `item` is the item before a write; null if there was none. `at` is in milliseconds. */
const schema = `
  CREATE TABLE IF NOT EXISTS _history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    item TEXT
  );
  CREATE INDEX IF NOT EXISTS _history_by_table ON _history (table_name, at);
  CREATE TABLE IF NOT EXISTS _history_tables (table_name TEXT PRIMARY KEY, since INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS _backups (
    name TEXT PRIMARY KEY,
    table_name TEXT NOT NULL,
    definition TEXT NOT NULL,
    at INTEGER NOT NULL,
    history_id INTEGER NOT NULL
  );`;

const now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/** What is left of a deleted table. */
export interface SystemBackup {
  /** The end of its ARN. */
  readonly name: string;
  readonly tableName: string;
  readonly definition: TableDefinition;
  /** Milliseconds. */
  readonly at: number;
  /** The last change before the deletion. */
  readonly historyId: number;
}

/**
 * What items were before each write, so that a table can be restored as of an earlier time. Triggers in the engine's
 * database write it, within the transaction of each write. A stop forgets it, with all that was deleted; a crash does not.
 */
export class History {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { timeout: 5000 });
    this.#database.exec(schema);
    this.#database.prepare(`DELETE FROM _history WHERE at < ${now} - ?`).run(retention);
  }

  /** Records a table's writes from now on. */
  record(tableName: string): void {
    const [table, text] = [identifier(tableName), literal(tableName)];
    const trigger = (event: string) => identifier(`history of ${event} ${tableName}`);
    const insert = `INSERT INTO _history (at, table_name, pk, sk, item)`;
    this.#database.exec(`
      CREATE TRIGGER IF NOT EXISTS ${trigger("insert")} BEFORE INSERT ON ${table} BEGIN
        ${insert} VALUES (${now}, ${text}, new.pk, new.sk,
          (SELECT item_json FROM ${table} WHERE pk = new.pk AND sk = new.sk));
      END;
      CREATE TRIGGER IF NOT EXISTS ${trigger("update")} AFTER UPDATE ON ${table} BEGIN
        ${insert} VALUES (${now}, ${text}, old.pk, old.sk, old.item_json);
      END;
      CREATE TRIGGER IF NOT EXISTS ${trigger("delete")} AFTER DELETE ON ${table} BEGIN
        ${insert} VALUES (${now}, ${text}, old.pk, old.sk, old.item_json);
      END;`);
    this.#database
      .prepare(`INSERT OR IGNORE INTO _history_tables (table_name, since) VALUES (?, ${now})`)
      .run(tableName);
  }

  /** The earliest time to which the table can be restored, in milliseconds. Undefined if it is not recorded. */
  since(tableName: string): number | undefined {
    const row = this.#database
      .prepare(`SELECT MAX(since, ${now} - ?) AS since FROM _history_tables WHERE table_name = ?`)
      .get(retention, tableName);
    return row === undefined ? undefined : Number(row["since"]);
  }

  /** The items that an existing table had at a time in milliseconds. */
  itemsAt(tableName: string, at: number): Iterable<Item> {
    const row = this.#database.prepare("SELECT MAX(id) AS id FROM _history WHERE at <= ?").get(at);
    return this.#itemsAfter(tableName, Number(row?.["id"] ?? 0), true);
  }

  /** The items that a table had when it was deleted. */
  itemsOf({ tableName, historyId }: SystemBackup): Iterable<Item> {
    return this.#itemsAfter(tableName, historyId, false);
  }

  /** Keeps the items of a table that is about to be deleted. */
  keep(tableName: string, definition: TableDefinition): void {
    const name = `${Date.now()}-${randomBytes(4).toString("hex")}`;
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      this.#database
        .prepare(`INSERT INTO _backups SELECT ?, ?, ?, ${now}, COALESCE(MAX(id), 0) FROM _history`)
        .run(name, tableName, JSON.stringify(definition));
      // Dropping a table starts no trigger.
      this.#database.exec(`DELETE FROM ${identifier(tableName)}`);
      this.#database.prepare("DELETE FROM _history_tables WHERE table_name = ?").run(tableName);
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  backups(): SystemBackup[] {
    return this.#database
      .prepare("SELECT * FROM _backups ORDER BY at")
      .all()
      .map((row) => ({
        name: String(row["name"]),
        tableName: String(row["table_name"]),
        definition: JSON.parse(String(row["definition"])) as TableDefinition,
        at: Number(row["at"]),
        historyId: Number(row["history_id"]),
      }));
  }

  /** An item's first change after that time has what the item was at that time. */
  *#itemsAfter(tableName: string, historyId: number, exists: boolean): Iterable<Item> {
    const unchanged = `UNION ALL SELECT item_json AS item FROM ${identifier(tableName)} AS kept
      WHERE NOT EXISTS (SELECT 1 FROM changed WHERE changed.pk = kept.pk AND changed.sk = kept.sk)`;
    const rows = this.#database
      .prepare(
        `WITH changed AS (
           SELECT pk, sk, item, MIN(id) FROM _history WHERE table_name = ? AND id > ? GROUP BY pk, sk
         )
         SELECT item FROM changed WHERE item IS NOT NULL ${exists ? unchanged : ""}`,
      )
      .all(tableName, historyId);
    for (const { item } of rows) {
      yield JSON.parse(String(item)) as Item;
    }
  }

  close(): void {
    if (this.#database.isOpen) {
      this.#database.close();
    }
  }
}

/** Removes all history from a closed engine's database. */
export function forgetHistory(database: DatabaseSync): void {
  const triggers = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'history of %'")
    .all();
  for (const { name } of triggers) {
    database.exec(`DROP TRIGGER ${identifier(String(name))}`);
  }
  database.exec(
    "DROP TABLE IF EXISTS _history; DROP TABLE IF EXISTS _history_tables; DROP TABLE IF EXISTS _backups",
  );
}

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
