import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { AwsError } from "../../base/service.ts";
import type { Subject } from "./challenges.ts";
import { checkAttributes, checkRequired, emailFormat, phoneFormat } from "./attributes.ts";
import type { Context, Pool } from "./context.ts";
import { type Input, invalid, optionalText, refused, text } from "./input.ts";
import { checkPassword } from "./passwords.ts";
import type { ClientSettings, PoolSettings } from "./settings.ts";
import { type Identity, makeVerifier, prime } from "./srp.ts";
import type { User, UserStatus } from "./store.ts";

export interface ClientOfPool {
  readonly pool: Pool;
  readonly client: ClientSettings;
}

export function poolOf({ pools }: Context, input: Input): Pool {
  const id = text(input, "UserPoolId");
  const pool = pools.get(id);
  if (!pool) {
    throw new AwsError("ResourceNotFoundException", `User pool ${id} does not exist.`);
  }
  return pool;
}

export function clientOf({ pools }: Context, input: Input): ClientOfPool {
  const id = text(input, "ClientId");
  for (const pool of pools.values()) {
    const client = pool.settings.clients.get(id);
    if (client) {
      return { pool, client };
    }
  }
  throw new AwsError("ResourceNotFoundException", `User pool client ${id} does not exist.`);
}

/** A client with a secret proves it by HMAC over the user's name; one without sends nothing. */
export function checkSecretHash(client: ClientSettings, username: string, hash: string | undefined): void {
  if (client.secret === undefined && hash === undefined) {
    return;
  }
  if (hash === undefined) {
    throw refused(`Client ${client.id} is configured with secret but SECRET_HASH was not received`);
  }
  const expected = createHmac("sha256", client.secret ?? "")
    .update(username + client.id)
    .digest();
  if (client.secret === undefined || !equal(Buffer.from(hash, "base64"), expected)) {
    throw refused(`Unable to verify secret hash for client ${client.id}`);
  }
}

/** For the two operations that take the secret itself. */
export function checkSecret(client: ClientSettings, secret: string | undefined): void {
  const digest = (value = ""): Buffer => createHash("sha256").update(value).digest();
  if (!equal(digest(secret), digest(client.secret))) {
    throw refused("Invalid client secret");
  }
}

export function findUser(pool: Pool, name: string): User | undefined {
  return pool.store.userByLogin(fold(pool.settings, name));
}

export function requireUser(pool: Pool, input: Input): User {
  const user = findUser(pool, text(input, "Username"));
  if (!user) {
    throw userNotFound();
  }
  return user;
}

/** Throws for a user whose sign-up has nothing left to confirm, and for a disabled one. */
export function requireUnconfirmed(user: User): void {
  requireEnabled(user);
  const { status } = user;
  if (status !== "UNCONFIRMED") {
    throw refused(`User cannot be confirmed. Current status is ${status}`);
  }
}

export function requireEnabled({ enabled }: User): void {
  if (!enabled) {
    throw refused("User is disabled.");
  }
}

/** Throws unless the user may hold tokens and use them. */
export function requireActive(user: User): void {
  requireEnabled(user);
  if (user.status === "UNCONFIRMED") {
    throw new AwsError("UserNotConfirmedException", "User is not confirmed.");
  }
  if (user.status === "RESET_REQUIRED") {
    throw new AwsError("PasswordResetRequiredException", "Password reset required for the user");
  }
}

export function userNotFound(): AwsError {
  return new AwsError("UserNotFoundException", "User does not exist.");
}

export function identityOf({ settings }: Pool, userId: string): Identity {
  return { poolName: settings.shortName, userId };
}

export interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly status: UserStatus;
}

/** Throws `UsernameExistsException`, `InvalidPasswordException` or `InvalidParameterException`. */
export function addUser(pool: Pool, { name, password, attributes, status }: NewUser, now: number): User {
  const { settings } = pool;
  const sub = randomUUID();
  const byAttribute = settings.usernameAttributes.length > 0;
  if (!byAttribute) {
    refuseAliasAsName(settings, name);
  }
  const signInAttribute = byAttribute ? attributeFor(settings, name) : undefined;
  const all = { ...attributes, ...(signInAttribute && { [signInAttribute]: name }) };
  checkAttributes(settings, all);
  // Who is invited may give them along with the new password.
  if (status !== "FORCE_CHANGE_PASSWORD") {
    checkRequired(settings, all);
  }
  checkPassword(settings.passwordPolicy, password);
  if (findUser(pool, name)) {
    throw new AwsError(
      "UsernameExistsException",
      signInAttribute
        ? `An account with the given ${signInAttribute} already exists.`
        : "User already exists",
    );
  }
  const username = byAttribute ? sub : name;
  const verifier = makeVerifier(identityOf(pool, username), password);
  const user: User = {
    sub,
    username,
    attributes: all,
    status,
    enabled: true,
    ...verifier,
    created: now,
    modified: now,
  };
  save(pool, user);
  return user;
}

/** Throws for a name that could be taken for another's alias. */
function refuseAliasAsName({ aliasAttributes }: PoolSettings, name: string): void {
  for (const [attribute, format, what] of [
    ["email", emailFormat, "email"],
    ["phone_number", phoneFormat, "phone number"],
  ] as const) {
    if (aliasAttributes.includes(attribute) && format.test(name)) {
      throw invalid(`Username cannot be of ${what} format, since user pool is configured for ${what} alias.`);
    }
  }
}

/** Saves changed attributes or status; attributes that became verified become aliases. */
export function updateUser(pool: Pool, user: User, change: Partial<User>, now: number): User {
  const changed = { ...user, ...change, modified: now };
  save(pool, changed);
  return changed;
}

/** Checks the policy, and drops the old verifier. */
export function setPassword(pool: Pool, user: User, password: string, status: UserStatus, now: number): User {
  checkPassword(pool.settings.passwordPolicy, password);
  const verifier = makeVerifier(identityOf(pool, user.username), password);
  return updateUser(pool, user, { ...verifier, status }, now);
}

/**
 * The user who signs in, or somebody made up who can never succeed, always the same for the same name
 * (RFC 5054, section 2.5.1.3), at no other cost than that of a real one.
 */
export function subjectOf({ pool, client }: ClientOfPool, name: string): Subject {
  const user = findUser(pool, name);
  if (user) {
    return { sub: user.sub, userId: user.username, salt: user.salt, verifier: user.verifier };
  }
  if (!client.preventUserExistenceErrors) {
    throw userNotFound();
  }
  const login = fold(pool.settings, name);
  const invent = (what: string, length: number): string =>
    createHash("shake256", { outputLength: length })
      .update(`${pool.store.secret}:${what}:${login}`)
      .digest("hex");
  const uuid = invent("user", 16).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
  return {
    sub: undefined,
    userId: isAlias(pool.settings, name) ? uuid : login,
    salt: invent("salt", 16),
    verifier: BigInt(`0x${invent("verifier", 400)}`) % prime,
  };
}

export function describeUser(user: User) {
  return {
    Username: user.username,
    UserStatus: user.status,
    Enabled: user.enabled,
    UserCreateDate: user.created / 1000,
    UserLastModifiedDate: user.modified / 1000,
  };
}

export function describeAttributes(user: User): { readonly Name: string; readonly Value: string }[] {
  return Object.entries({ sub: user.sub, ...user.attributes }).map(([Name, Value]) => ({ Name, Value }));
}

/** Reads `SecretHash` and `Username`, as the operations for users who are not signed in carry them. */
export function readUsername(client: ClientSettings, input: Input): string {
  const username = text(input, "Username");
  checkSecretHash(client, username, optionalText(input, "SecretHash"));
  return username;
}

/** Saves the user and every name that it may sign in by. Throws `AliasExistsException` before it changes anything. */
function save({ settings, store }: Pool, user: User): void {
  const aliases = aliasesOf(settings, user);
  for (const [attribute, alias] of aliases) {
    const owner = store.userByLogin(alias);
    if (owner && owner.sub !== user.sub) {
      throw new AwsError("AliasExistsException", `An account with the ${attribute} already exists.`);
    }
  }
  store.saveUser(user, fold(settings, user.username));
  store.replaceAliases(
    user.sub,
    aliases.map(([, alias]) => alias),
  );
}

function aliasesOf(settings: PoolSettings, { attributes }: User): [string, string][] {
  const verified = (name: string): boolean =>
    name === "preferred_username" || attributes[`${name}_verified`] === "true";
  return [...settings.usernameAttributes, ...settings.aliasAttributes.filter(verified)].flatMap((name) =>
    attributes[name] ? [[name, fold(settings, attributes[name])]] : [],
  );
}

function attributeFor(settings: PoolSettings, name: string): string {
  const kind = name.includes("@") ? "email" : /^\+\d{4,15}$/.test(name) ? "phone_number" : "";
  if (settings.usernameAttributes.includes(kind)) {
    return kind;
  }
  const wanted = settings.usernameAttributes.map((each) =>
    each === "email" ? "an email" : "a phone number",
  );
  throw invalid(`Username should be ${wanted.join(" or ")}.`);
}

function isAlias(settings: PoolSettings, name: string): boolean {
  return (
    settings.usernameAttributes.length > 0 || (settings.aliasAttributes.length > 0 && /^\+|@/.test(name))
  );
}

function fold({ caseSensitive }: PoolSettings, name: string): string {
  return caseSensitive ? name : name.toLowerCase();
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
