import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Storage } from "../../../base/service.ts";

/** Encrypts the last key of a page. A token is valid for the query that it was created for. */
export interface Tokens {
  seal(lastKey: unknown, query: unknown): string;
  /** Undefined for a token that is not of this query. */
  open(token: string, query: unknown): unknown;
}

const algorithm = "aes-256-gcm";

/** AppSync's tokens have this form too: base64 of `{"version": 2, "token": "..."}` with an encrypted inner token. */
export function createTokens(storage: Storage): Tokens {
  const key = loadKey(storage);
  return {
    seal(lastKey, query) {
      const iv = randomBytes(12);
      const cipher = createCipheriv(algorithm, key, iv).setAAD(digest(query));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(lastKey)), cipher.final()]);
      const token = Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
      return Buffer.from(JSON.stringify({ version: 2, token })).toString("base64");
    },
    open(token, query) {
      try {
        const sealed = Buffer.from(unwrap(token), "base64");
        const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, 12), { authTagLength: 16 })
          .setAAD(digest(query))
          .setAuthTag(sealed.subarray(12, 28));
        const text = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString();
        return JSON.parse(text) as unknown;
      } catch {
        return undefined;
      }
    },
  };
}

function unwrap(token: string): string {
  return (JSON.parse(Buffer.from(token, "base64").toString()) as { token: string }).token;
}

function digest(query: unknown): Buffer {
  return createHash("sha256").update(JSON.stringify(query)).digest();
}

/** The key is stored, so that tokens stay valid after a restart. */
function loadKey({ folder }: Storage): Buffer {
  const file = join(folder, "next-token.key");
  if (existsSync(file)) {
    return readFileSync(file);
  }
  const key = randomBytes(32);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, key, { mode: 0o600 });
  return key;
}
