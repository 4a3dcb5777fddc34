import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

export type UserStatus = "UNCONFIRMED" | "CONFIRMED" | "FORCE_CHANGE_PASSWORD" | "RESET_REQUIRED";

export interface User {
  readonly sub: string;
  readonly username: string;
  /** Without `sub`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly status: UserStatus;
  /** An administrator can disable a user in any status. */
  readonly enabled: boolean;
  /** Hex. The password itself is not stored. */
  readonly salt: string;
  readonly verifier: bigint;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly modified: number;
}

/** One sign-in, identified by its refresh token. */
export interface Session {
  readonly originJti: string;
  readonly sub: string;
  readonly client: string;
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly expires: number;
  /** SHA-256 of the refresh token. */
  readonly token: string;
  /** The token before the last rotation. It is valid until `previousUntil`. */
  readonly previous: string | null;
  readonly previousUntil: number;
}

/** A code in the mailbox. Times in milliseconds. */
export interface Code {
  readonly digest: string;
  readonly expires: number;
  readonly attempts: number;
}

/** The app that makes a user's codes (TOTP). */
export interface SoftwareToken {
  /** Base32. Null until the first code was verified. */
  readonly secret: string | null;
  /** A secret that waits for its first code. */
  readonly pending: string | null;
  /** That of the last code that was used. No code of it or of an earlier one works again. */
  readonly step: number;
  readonly enabled: boolean;
  readonly preferred: boolean;
  /** The user's name for it. */
  readonly device: string | null;
}

/** The rows of one pool. */
export class PoolStore {
  readonly #database: DatabaseSync;
  readonly #pool: string;

  constructor(database: DatabaseSync, pool: string) {
    this.#database = database;
    this.#pool = pool;
    this.#run("INSERT OR IGNORE INTO pools (pool, secret) VALUES (?, ?)", randomBytes(32).toString("hex"));
  }

  /** Hex. The seed of the data that the pool invents for unknown users. */
  get secret(): string {
    return String(this.#get("SELECT secret FROM pools WHERE pool = ?")?.["secret"]);
  }

  signingKey(use: string): string | undefined {
    return this.#get("SELECT jwk FROM keys WHERE pool = ? AND use = ?", use)?.["jwk"] as string | undefined;
  }

  saveSigningKey(use: string, jwk: string): void {
    this.#run("INSERT INTO keys (pool, use, jwk) VALUES (?, ?, ?)", use, jwk);
  }

  userBySub(sub: string): User | undefined {
    return toUser(this.#get("SELECT * FROM users WHERE pool = ? AND sub = ?", sub));
  }

  /** By name or alias, both already folded as the pool compares them. */
  userByLogin(login: string): User | undefined {
    const named = this.#get("SELECT * FROM users WHERE pool = ? AND login = ?", login);
    const aliased = this.#get("SELECT sub FROM aliases WHERE pool = ? AND alias = ?", login);
    return toUser(named) ?? (aliased && this.userBySub(String(aliased["sub"])));
  }

  saveUser(user: User, login: string): void {
    const verifier = user.verifier.toString(16);
    const { sub, username, status, salt, created, modified, enabled } = user;
    const attributes = JSON.stringify(user.attributes);
    this.#run(
      `INSERT INTO users (pool, sub, login, username, attributes, status, salt, verifier, created, modified, enabled)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pool, sub) DO UPDATE SET attributes = excluded.attributes,
       status = excluded.status, salt = excluded.salt, verifier = excluded.verifier, modified = excluded.modified,
       enabled = excluded.enabled`,
      ...[sub, login, username, attributes, status, salt, verifier, created, modified, Number(enabled)],
    );
  }

  /** Also deletes the user's memberships, aliases, sessions, codes and app. */
  deleteUser(sub: string): void {
    this.#run("DELETE FROM users WHERE pool = ? AND sub = ?", sub);
  }

  /** In order of sub, after the given one. */
  usersAfter(sub: string): User[] {
    return this.#all("SELECT * FROM users WHERE pool = ? AND sub > ? ORDER BY sub", sub).map(asUser);
  }

  replaceAliases(sub: string, aliases: readonly string[]): void {
    this.#run("DELETE FROM aliases WHERE pool = ? AND sub = ?", sub);
    for (const alias of aliases) {
      this.#run("INSERT INTO aliases (pool, alias, sub) VALUES (?, ?, ?)", alias, sub);
    }
  }

  groupsOf(sub: string): string[] {
    const rows = this.#all("SELECT name FROM members WHERE pool = ? AND sub = ? ORDER BY name", sub);
    return rows.map((row) => String(row["name"]));
  }

  join(sub: string, group: string): void {
    this.#run("INSERT OR IGNORE INTO members (pool, sub, name) VALUES (?, ?, ?)", sub, group);
  }

  leave(sub: string, group: string): void {
    this.#run("DELETE FROM members WHERE pool = ? AND sub = ? AND name = ?", sub, group);
  }

  session(originJti: string): Session | undefined {
    return this.#get("SELECT * FROM sessions WHERE pool = ? AND originJti = ?", originJti) as
      Session | undefined;
  }

  /** By the digest of its refresh token, the present or the previous one. */
  sessionByToken(digest: string): Session | undefined {
    const sql = "SELECT * FROM sessions WHERE pool = ? AND (token = ? OR previous = ?)";
    return this.#get(sql, digest, digest) as Session | undefined;
  }

  saveSession(session: Session): void {
    const { originJti, sub, client, authTime, expires, token, previous, previousUntil } = session;
    this.#run(
      `INSERT OR REPLACE INTO sessions (pool, originJti, sub, client, authTime, expires, token, previous, previousUntil)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[originJti, sub, client, authTime, expires, token, previous, previousUntil],
    );
  }

  endSession(originJti: string): void {
    this.#run("DELETE FROM sessions WHERE pool = ? AND originJti = ?", originJti);
  }

  endSessionsOf(sub: string): void {
    this.#run("DELETE FROM sessions WHERE pool = ? AND sub = ?", sub);
  }

  /** Deletes the sessions whose refresh token has expired. Seconds. */
  forgetSessionsBefore(time: number): void {
    this.#run("DELETE FROM sessions WHERE pool = ? AND expires < ?", time);
  }

  code(sub: string, purpose: string): Code | undefined {
    const sql = "SELECT * FROM codes WHERE pool = ? AND sub = ? AND purpose = ?";
    return this.#get(sql, sub, purpose) as Code | undefined;
  }

  saveCode(sub: string, purpose: string, code: Code): void {
    const { digest, expires, attempts } = code;
    this.#run(
      "INSERT OR REPLACE INTO codes (pool, sub, purpose, digest, expires, attempts) VALUES (?, ?, ?, ?, ?, ?)",
      ...[sub, purpose, digest, expires, attempts],
    );
  }

  deleteCode(sub: string, purpose: string): void {
    this.#run("DELETE FROM codes WHERE pool = ? AND sub = ? AND purpose = ?", sub, purpose);
  }

  softwareToken(sub: string): SoftwareToken | undefined {
    const row = this.#get("SELECT * FROM softwareTokens WHERE pool = ? AND sub = ?", sub);
    return (
      row && {
        ...(row as unknown as SoftwareToken),
        enabled: row["enabled"] === 1,
        preferred: row["preferred"] === 1,
      }
    );
  }

  saveSoftwareToken(sub: string, token: SoftwareToken): void {
    const { secret, pending, step, enabled, preferred, device } = token;
    this.#run(
      `INSERT OR REPLACE INTO softwareTokens (pool, sub, secret, pending, step, enabled, preferred, device)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[sub, secret, pending, step, Number(enabled), Number(preferred), device],
    );
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#database.prepare(sql).run(this.#pool, ...values);
  }

  #get(sql: string, ...values: (string | number)[]): Row | undefined {
    return this.#database.prepare(sql).get(this.#pool, ...values);
  }

  #all(sql: string, ...values: (string | number)[]): Row[] {
    return this.#database.prepare(sql).all(this.#pool, ...values);
  }
}

type Row = ReturnType<ReturnType<DatabaseSync["prepare"]>["all"]>[number];

function toUser(row: Row | undefined): User | undefined {
  return row && asUser(row);
}

function asUser(row: Row): User {
  const user = row as unknown as User;
  return {
    ...user,
    enabled: row["enabled"] === 1,
    attributes: JSON.parse(String(row["attributes"])) as Record<string, string>,
    verifier: BigInt(`0x${String(row["verifier"])}`),
  };
}
