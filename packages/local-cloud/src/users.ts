import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InputsOf } from "./base/graph.ts";
import type { Storage } from "./base/service.ts";
import type { LocalCloudConfig } from "./config.ts";

export interface LocalUser {
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
}

type Pool = Pick<InputsOf["aws:cognito/userPool:UserPool"], "schemas" | "usernameAttributes">;
type Attributes = Readonly<Record<string, string>>;

/** The users of a pool with their passwords. A password is made once for each name and data folder. */
export function localUsers(
  { folder }: Storage,
  pool: Pool,
  wanted: LocalCloudConfig["users"] = [{ username: aliceIn(pool) }],
): (LocalUser & { readonly attributes: Attributes })[] {
  const file = join(folder, "users.json");
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LocalUser[]) : [];
  const passwordOf = (name: string) => known.find(({ username }) => username === name)?.password;
  const users = wanted.map(({ username, groups = [], attributes }) => ({
    username,
    groups,
    password: passwordOf(username) ?? `Aa1-${randomBytes(12).toString("base64url")}`,
    attributes: { ...requiredIn(pool, username), ...attributes },
  }));
  writeFileSync(file, JSON.stringify(users), { mode: 0o600 });
  return users;
}

function aliceIn({ usernameAttributes = [] }: Pool): string {
  if (usernameAttributes.includes("email")) {
    return "alice@example.com";
  }
  return usernameAttributes.length > 0 ? "+12025550100" : "alice";
}

/** A user with a value for each required attribute, so that a pool needs no configuration to start. */
function requiredIn({ schemas = [] }: Pool, username: string): Attributes {
  const required = schemas.filter((schema) => schema.required === true);
  return Object.fromEntries(required.map(({ name }) => [name, valueOf(name, username)]));
}

function valueOf(name: string, username: string): string {
  switch (name) {
    case "email":
      return username.includes("@") ? username : `${username}@example.com`;
    case "phone_number":
      return username.startsWith("+") ? username : "+12025550100";
    case "birthdate":
      return "2000-01-01";
    case "updated_at":
      return "946684800";
    default:
      return username;
  }
}
