import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Storage } from "./aws/service.ts";

export interface LocalUser {
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
}

const people = [
  { username: "alice", groups: [] },
  { username: "bob", groups: [] },
  { username: "admin", groups: ["admins"] },
];

/** The people who live in every local cloud. Their passwords are made once per data folder. */
export function localUsers({ folder }: Storage): LocalUser[] {
  const file = join(folder, "users.json");
  if (existsSync(file)) {
    return JSON.parse(readFileSync(file, "utf8")) as LocalUser[];
  }
  const users = people.map((person) => ({
    ...person,
    password: `Aa1-${randomBytes(12).toString("base64url")}`,
  }));
  writeFileSync(file, JSON.stringify(users), { mode: 0o600 });
  return users;
}
