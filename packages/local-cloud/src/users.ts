import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Storage } from "./base/service.ts";
import type { LocalCloudConfig } from "./config.ts";

export interface LocalUser {
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
}

const alice: NonNullable<LocalCloudConfig["users"]> = [{ username: "alice" }];

/** The users with their passwords. A password is made once for each name and data folder. */
export function localUsers({ folder }: Storage, wanted = alice): LocalUser[] {
  const file = join(folder, "users.json");
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LocalUser[]) : [];
  const passwordOf = (name: string) => known.find(({ username }) => username === name)?.password;
  const users = wanted.map(({ username, groups = [] }) => ({
    username,
    groups,
    password: passwordOf(username) ?? `Aa1-${randomBytes(12).toString("base64url")}`,
  }));
  writeFileSync(file, JSON.stringify(users), { mode: 0o600 });
  return users;
}
