import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Storage } from "../../base/service.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The access keys of the roles, created once per data folder in a file that only the user can read. */
export function loadKeys(roleArns: readonly string[], storage: Storage): ReadonlyMap<string, Credentials> {
  const file = join(storage.folder, "credentials.json");
  const kept = existsSync(file)
    ? new Map(Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Credentials>))
    : new Map<string, Credentials>();
  // A role that the program no longer declares loses its keys.
  const keys = new Map(roleArns.map((arn) => [arn, kept.get(arn) ?? makeKeys()]));
  mkdirSync(storage.folder, { recursive: true, mode: 0o700 });
  const text = JSON.stringify(Object.fromEntries(keys), undefined, 2);
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return keys;
}

/** In the form of STS: temporary keys begin with ASIA and need their session token. */
function makeKeys(): Credentials {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const id = Array.from(randomBytes(16), (byte) => alphabet[byte % alphabet.length]).join("");
  return {
    accessKeyId: `ASIA${id}`,
    secretAccessKey: randomBytes(30).toString("base64"),
    sessionToken: randomBytes(96).toString("base64"),
  };
}
