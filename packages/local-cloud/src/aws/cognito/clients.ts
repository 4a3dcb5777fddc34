import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { AwsError } from "../../base/service.ts";
import type { Context, Pool } from "./context.ts";
import { fold } from "./aliases.ts";
import { type Input, optionalText, parameter, refused, text } from "./input.ts";
import type { ClientSettings } from "./settings.ts";
import type { User } from "./store.ts";

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

export function clientOf(context: Context, input: Input): ClientOfPool {
  return clientById(context, text(input, "ClientId"));
}

export function clientById({ pools }: Context, id: string): ClientOfPool {
  for (const pool of pools.values()) {
    const client = pool.settings.clients.get(id);
    if (client) {
      return { pool, client };
    }
  }
  throw new AwsError("ResourceNotFoundException", `User pool client ${id} does not exist.`);
}

/** A client with a secret sends an HMAC of the username. A client without a secret sends none. */
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

/** For the operations whose input is the secret itself. */
export function checkSecret(client: ClientSettings, secret: string | undefined): void {
  const digest = (value = ""): Buffer => createHash("sha256").update(value).digest();
  if (!equal(digest(secret), digest(client.secret))) {
    throw refused("Invalid client secret");
  }
}

/** The `Username` of an operation for users who are not signed in. Checks its `SecretHash`. */
export function readUsername(client: ClientSettings, input: Input): string {
  const username = text(input, "Username");
  checkSecretHash(client, username, optionalText(input, "SecretHash"));
  return username;
}

/** Checks that an answer to a challenge names its user, and has the hash of the client's secret. */
export function readUserOf({ pool, client }: ClientOfPool, responses: Input, user: User): void {
  const username = parameter(responses, "USERNAME");
  checkSecretHash(client, username, optionalText(responses, "SECRET_HASH"));
  if (pool.store.userByLogin(fold(pool.settings, username))?.sub !== user.sub) {
    throw refused("Invalid session for the user.");
  }
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
