import { randomUUID } from "node:crypto";
import { decodeJwt, errors, type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../../base/service.ts";
import type { Pool, VerifiedToken } from "./context.ts";
import type { SigningKey, TokenUse } from "./keys.ts";
import type { ClientSettings } from "./settings.ts";
import type { User } from "./store.ts";

/** An invalid token. The messages are AppSync's own. */
export class TokenError extends Error {
  readonly code: keyof typeof messages;

  constructor(code: keyof typeof messages, cause?: unknown) {
    super(messages[code], { cause });
    this.name = code;
    this.code = code;
  }
}

const messages = {
  TokenExpired: "Token has expired.",
  TokenUnparseable: "Unable to parse JWT token.",
  TokenNotAuthorized: "You are not authorized to make this call.",
};

/** The claims of Cognito, in its order. Times are in seconds. */
export async function issueTokens(
  pool: Pool,
  client: ClientSettings,
  user: User,
  session: { readonly originJti: string; readonly authTime: number },
  now: number,
): Promise<{ AccessToken: string; IdToken: string; ExpiresIn: number; TokenType: "Bearer" }> {
  const groups = groupClaims(pool, user);
  const origin = client.tokenRevocation ? { origin_jti: session.originJti } : {};
  const shared = { event_id: randomUUID(), auth_time: session.authTime, iat: now };
  const access = {
    sub: user.sub,
    ...(groups && { "cognito:groups": groups["cognito:groups"] }),
    iss: pool.settings.issuer,
    client_id: client.id,
    ...origin,
    token_use: "access",
    scope: "aws.cognito.signin.user.admin",
    ...shared,
    exp: now + client.validity.access,
    jti: randomUUID(),
    username: user.username,
  };
  const id = {
    sub: user.sub,
    ...groups,
    ...attributeClaims(user),
    iss: pool.settings.issuer,
    "cognito:username": user.username,
    ...origin,
    aud: client.id,
    token_use: "id",
    ...shared,
    exp: now + client.validity.id,
    jti: randomUUID(),
  };
  const [AccessToken, IdToken] = await Promise.all([sign(pool.keys.access, access), sign(pool.keys.id, id)]);
  return { AccessToken, IdToken, ExpiresIn: client.validity.access, TokenType: "Bearer" };
}

/**
 * Checks signature, issuer, expiry, use and client. Throws `TokenError`.
 * Caches verified tokens, so that a token costs one RSA operation and not one for each request.
 */
export function createVerifier(
  pools: ReadonlyMap<string, Pool>,
  clock: Clock,
  remembered = 10_000,
): (token: string) => Promise<VerifiedToken> {
  const issuers = new Map([...pools.values()].map((pool) => [pool.settings.issuer, pool]));
  const seen = new Map<string, VerifiedToken>();
  return async (token) => {
    const known = seen.get(token) ?? (await check(issuers, token, clock()));
    seen.delete(token);
    if (known.expiresAt <= clock()) {
      throw new TokenError("TokenExpired");
    }
    // A Map keeps the order of insertion, so its first key is the least recently used.
    seen.set(token, known);
    if (seen.size > remembered) {
      seen.delete(seen.keys().next().value ?? "");
    }
    return known;
  };
}

async function check(issuers: ReadonlyMap<string, Pool>, token: string, now: number): Promise<VerifiedToken> {
  try {
    const pool = issuers.get(decodeJwt(token).iss ?? "");
    if (!pool) {
      throw new TokenError("TokenNotAuthorized");
    }
    const verified = await jwtVerify(token, ({ kid }) => keyOf(pool, kid).publicKey, {
      // The algorithm in the token's header is not trusted.
      algorithms: ["RS256"],
      issuer: pool.settings.issuer,
      currentDate: new Date(now),
      requiredClaims: ["sub", "exp"],
    });
    return toVerified(pool, keyOf(pool, verified.protectedHeader.kid).use, verified.payload);
  } catch (error) {
    if (error instanceof TokenError) {
      throw error;
    }
    if (error instanceof errors.JWTExpired) {
      throw new TokenError("TokenExpired", error);
    }
    if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) {
      throw new TokenError("TokenUnparseable", error);
    }
    throw new TokenError("TokenNotAuthorized", error);
  }
}

function toVerified(pool: Pool, use: TokenUse, claims: JWTPayload): VerifiedToken {
  const text = (name: string): string => (typeof claims[name] === "string" ? claims[name] : "");
  const clientId = text(use === "id" ? "aud" : "client_id");
  if (claims["token_use"] !== use || !pool.settings.clients.has(clientId)) {
    throw new TokenError("TokenNotAuthorized");
  }
  return {
    use,
    userPoolId: pool.settings.id,
    clientId,
    issuer: pool.settings.issuer,
    sub: text("sub"),
    username: text(use === "id" ? "cognito:username" : "username"),
    groups: (claims["cognito:groups"] as string[] | undefined) ?? [],
    claims,
    expiresAt: (claims.exp ?? 0) * 1000,
  };
}

function keyOf({ keys }: Pool, kid: string | undefined): SigningKey {
  const key = [keys.access, keys.id].find((candidate) => candidate.kid === kid);
  if (!key) {
    throw new TokenError("TokenNotAuthorized");
  }
  return key;
}

function sign(key: SigningKey, claims: JWTPayload): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ kid: key.kid, alg: "RS256" }).sign(key.privateKey);
}

/** Groups by precedence. The first role among them is preferred. Undefined without groups. */
function groupClaims({ settings, store }: Pool, user: User) {
  const groups = store
    .groupsOf(user.sub)
    .flatMap((name) => settings.groups.get(name) ?? [])
    .sort((one, other) => (one.precedence ?? Infinity) - (other.precedence ?? Infinity) || 0);
  const roles = groups.flatMap(({ roleArn }) => roleArn ?? []);
  if (groups.length === 0) {
    return undefined;
  }
  return {
    "cognito:groups": groups.map(({ name }) => name),
    ...(roles.length > 0 && { "cognito:roles": roles, "cognito:preferred_role": roles[0] }),
  };
}

/** `email_verified` is a boolean in a token, though a string in the API. */
function attributeClaims(user: User): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(user.attributes).map(([name, value]) => [
      name,
      name.endsWith("_verified") ? value === "true" : value,
    ]),
  );
}
