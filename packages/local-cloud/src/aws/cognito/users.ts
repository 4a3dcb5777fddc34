import { createHash, randomUUID } from "node:crypto";
import { AwsError } from "../../base/service.ts";
import type { Subject } from "./challenges.ts";
import { aliasesOf, attributeFor, fold, isAlias, refuseAliasAsName } from "./aliases.ts";
import { checkAttributes, checkRequired } from "./attributes.ts";
import type { ClientOfPool } from "./clients.ts";
import type { Pool } from "./context.ts";
import { type Input, refused, text } from "./input.ts";
import { checkPassword } from "./passwords.ts";
import { type Identity, makeVerifier, prime } from "./srp.ts";
import type { User, UserStatus } from "./store.ts";
import { requireActive, userNotFound } from "./user-states.ts";

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

export function identityOf({ settings }: Pool, userId: string): Identity {
  return { poolName: settings.shortName, userId };
}

/** An account that is about to be created. */
export interface NewAccount {
  readonly sub: string;
  /** The `sub`, in a pool where people sign in by an attribute. */
  readonly username: string;
  /** What the user signs in with. */
  readonly name: string;
  /** The attribute that `name` is a value of. */
  readonly signInAttribute: string | undefined;
  /** With the one to sign in with. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Throws `InvalidParameterException` for a name that the pool does not allow. */
export function newAccount(
  { settings }: Pool,
  name: string,
  attributes: Readonly<Record<string, string>>,
): NewAccount {
  const sub = randomUUID();
  if (settings.usernameAttributes.length === 0) {
    refuseAliasAsName(settings, name);
    return { sub, username: name, name, signInAttribute: undefined, attributes };
  }
  const signInAttribute = attributeFor(settings, name);
  return {
    sub,
    username: sub,
    name,
    signInAttribute,
    attributes: { ...attributes, [signInAttribute]: name },
  };
}

/** Throws `UsernameExistsException`, `InvalidPasswordException` or `InvalidParameterException`. */
export function addUser(
  pool: Pool,
  { sub, username, name, signInAttribute, attributes }: NewAccount,
  { password, status }: { readonly password: string; readonly status: UserStatus },
  now: number,
): User {
  const { settings } = pool;
  checkAttributes(settings, attributes);
  // An invited user may set them with the new password.
  if (status !== "FORCE_CHANGE_PASSWORD") {
    checkRequired(settings, attributes);
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
  const verifier = makeVerifier(identityOf(pool, username), password);
  const user: User = {
    sub,
    username,
    attributes,
    status,
    enabled: true,
    ...verifier,
    created: now,
    modified: now,
  };
  save(pool, user);
  return user;
}

/** Saves changed attributes or a changed status. Attributes that are now verified become aliases. */
export function updateUser(pool: Pool, user: User, change: Partial<User>, now: number): User {
  const changed = { ...user, ...change, modified: now };
  save(pool, changed);
  return changed;
}

/** Checks the policy and replaces the verifier. */
export function setPassword(pool: Pool, user: User, password: string, status: UserStatus, now: number): User {
  checkPassword(pool.settings.passwordPolicy, password);
  const verifier = makeVerifier(identityOf(pool, user.username), password);
  return updateUser(pool, user, { ...verifier, status }, now);
}

/**
 * The user who signs in. For an unknown name, an invented subject whose sign-in always fails: the same for the same name
 * and as slow as a real one (RFC 5054, section 2.5.1.3).
 */
export function subjectOf({ pool, client }: ClientOfPool, name: string): Subject {
  const user = findUser(pool, name);
  if (user) {
    return subjectFrom(user);
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

export function subjectFrom({ sub, username, salt, verifier }: User): Subject {
  return { sub, userId: username, salt, verifier };
}

/** The user who answers a challenge. Throws if the account or its password has changed since the challenge. */
export function userOfSubject({ store }: Pool, subject: Subject): User {
  const user = store.userBySub(subject.sub ?? "");
  if (user?.verifier !== subject.verifier) {
    throw refused("Invalid session for the user.");
  }
  requireActive(user);
  return user;
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

/** Saves the user and its aliases. Throws `AliasExistsException` before it changes anything. */
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
