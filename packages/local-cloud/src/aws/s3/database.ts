import type { DatabaseSync } from "node:sqlite";
import { addColumn, openDatabase, transaction } from "../database.ts";
import type { Storage } from "../../base/service.ts";

/** The metadata of one data folder: objects, multipart uploads, and events that are not delivered yet. */
export function openMetadata(storage: Storage): DatabaseSync {
  const database = openDatabase(storage, "s3", schema);
  transaction(database, () => {
    addVersionColumns(database);
    addParts(database);
    renameTargets(database);
  });
  return database;
}

/**
 * `objects` holds the current object of each key. Older versions and delete markers are in `versions`. A key whose latest
 * version is a delete marker has no row in `objects`. `seq` orders the versions of a key. A marker has no body.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    modified INTEGER NOT NULL, headers TEXT NOT NULL, checksum TEXT NOT NULL,
    PRIMARY KEY (bucket, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS versions (
    bucket TEXT NOT NULL, key TEXT NOT NULL, body TEXT, size INTEGER, etag TEXT,
    modified INTEGER NOT NULL, headers TEXT, checksum TEXT, version TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (bucket, key, version)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL, algorithm TEXT, type TEXT
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL REFERENCES uploads (id), number INTEGER NOT NULL, body TEXT NOT NULL,
    size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL, checksum TEXT,
    PRIMARY KEY (upload, number)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket_arn TEXT NOT NULL, target_arn TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS first_seen (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sequence (last INTEGER NOT NULL);
  INSERT INTO sequence SELECT 0 WHERE NOT EXISTS (SELECT * FROM sequence);
`;

/** For data folders from before versioning. Their objects have the version `null`. */
function addVersionColumns(database: DatabaseSync): void {
  addColumn(database, "objects", "version TEXT NOT NULL DEFAULT 'null'");
  addColumn(database, "objects", "seq INTEGER NOT NULL DEFAULT 0");
}

/** The parts of a multipart object, as JSON. */
function addParts(database: DatabaseSync): void {
  addColumn(database, "objects", "parts TEXT");
  addColumn(database, "versions", "parts TEXT");
}

/** For data folders from when only queues were targets. */
function renameTargets(database: DatabaseSync): void {
  const columns = database.prepare("PRAGMA table_info(outbox)").all();
  if (columns.some(({ name }) => name === "queue_arn")) {
    database.exec("ALTER TABLE outbox RENAME COLUMN queue_arn TO target_arn");
  }
}
