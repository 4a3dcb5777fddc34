import type { DatabaseSync } from "node:sqlite";
import type { Storage } from "../../base/service.ts";
import { addColumn, openDatabase } from "../database.ts";

/** Keys, users and sessions of all pools. */
export function openUsers(storage: Storage): DatabaseSync {
  const database = openDatabase(storage, "cognito", schema);
  // Data folders from before users could be disabled.
  addColumn(database, "users", "enabled INTEGER NOT NULL DEFAULT 1");
  return database;
}

const ofUser = "FOREIGN KEY (pool, sub) REFERENCES users ON DELETE CASCADE";

const schema = `
  CREATE TABLE IF NOT EXISTS pools (pool TEXT PRIMARY KEY, secret TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS keys (pool TEXT, use TEXT, jwk TEXT, PRIMARY KEY (pool, use)) STRICT;
  CREATE TABLE IF NOT EXISTS users (pool TEXT, sub TEXT, login TEXT, username TEXT, attributes TEXT, status TEXT,
    salt TEXT, verifier TEXT, created INTEGER, modified INTEGER, PRIMARY KEY (pool, sub), UNIQUE (pool, login)) STRICT;
  CREATE TABLE IF NOT EXISTS aliases (pool TEXT, alias TEXT, sub TEXT, PRIMARY KEY (pool, alias), ${ofUser}) STRICT;
  CREATE TABLE IF NOT EXISTS members (pool TEXT, sub TEXT, name TEXT, PRIMARY KEY (pool, sub, name), ${ofUser}) STRICT;
  CREATE TABLE IF NOT EXISTS sessions (pool TEXT, originJti TEXT, sub TEXT, client TEXT, authTime INTEGER,
    expires INTEGER, token TEXT, previous TEXT, previousUntil INTEGER, PRIMARY KEY (pool, originJti), ${ofUser}) STRICT;
  CREATE INDEX IF NOT EXISTS sessions_token ON sessions (pool, token);
  CREATE INDEX IF NOT EXISTS sessions_previous ON sessions (pool, previous);
  CREATE TABLE IF NOT EXISTS codes (pool TEXT, sub TEXT, purpose TEXT, digest TEXT, expires INTEGER, attempts INTEGER,
    PRIMARY KEY (pool, sub, purpose), ${ofUser}) STRICT;
  CREATE TABLE IF NOT EXISTS softwareTokens (pool TEXT, sub TEXT, secret TEXT, pending TEXT, step INTEGER,
    enabled INTEGER, preferred INTEGER, device TEXT, PRIMARY KEY (pool, sub), ${ofUser}) STRICT;`;
