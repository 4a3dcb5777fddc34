import { createHash, randomBytes, randomUUID } from "node:crypto";
import { AwsError } from "../../base/service.ts";
import type { Context, Pool, VerifiedToken } from "./context.ts";
import { type Input, refused, text } from "./input.ts";
import type { ClientSettings } from "./settings.ts";
import type { Session, User } from "./store.ts";
import { issueTokens, TokenError } from "./tokens.ts";
import { type ClientOfPool } from "./clients.ts";
import { requireActive, userNotFound } from "./user-states.ts";

/** The answer to a complete sign-in or refresh. */
export type AuthenticationResult = Awaited<ReturnType<typeof issueTokens>> & {
  readonly RefreshToken?: string;
};

/** Signs the user in: creates tokens, and a session for the refresh token. */
export async function startSession(
  { clock, active }: Context,
  { pool, client }: ClientOfPool,
  user: User,
): Promise<AuthenticationResult> {
  const now = Math.floor(clock() / 1000);
  const token = newRefreshToken();
  const session: Session = {
    originJti: randomUUID(),
    sub: user.sub,
    client: client.id,
    authTime: now,
    expires: now + client.validity.refresh,
    token: digestOf(token),
    previous: null,
    previousUntil: 0,
  };
  pool.store.forgetSessionsBefore(now);
  pool.store.saveSession(session);
  active(user.sub);
  return { ...(await issueTokens(pool, client, user, session, now)), RefreshToken: token };
}

/** New tokens for a refresh token. With rotation also a new refresh token, in place of the old one. */
export async function resumeSession(
  { clock, active }: Context,
  { pool, client }: ClientOfPool,
  refreshToken: string,
  check?: (user: User) => void,
): Promise<AuthenticationResult> {
  const now = Math.floor(clock() / 1000);
  const session = findSession(pool, client, refreshToken, now);
  const user = session && pool.store.userBySub(session.sub);
  if (!user) {
    throw refused("Invalid Refresh Token");
  }
  check?.(user);
  requireActive(user);
  active(user.sub);
  const tokens = await issueTokens(pool, client, user, session, now);
  if (client.rotationGrace === undefined) {
    return tokens;
  }
  const token = newRefreshToken();
  pool.store.saveSession({
    ...session,
    token: digestOf(token),
    previous: digestOf(refreshToken),
    previousUntil: now + client.rotationGrace,
  });
  return { ...tokens, RefreshToken: token };
}

/**
 * Ends the session of a refresh token. An unknown or revoked token succeeds, as RFC 7009 requires. An access or ID token
 * cannot be revoked.
 */
export function revoke({ pool, client }: ClientOfPool, token: string): void {
  if (!client.tokenRevocation) {
    throw new AwsError("UnsupportedOperationException", "Token revocation is not enabled for this client.");
  }
  if (token.split(".").length === 3) {
    throw new AwsError("UnsupportedTokenTypeException", "Only refresh tokens can be revoked.");
  }
  const session = pool.store.sessionByToken(digestOf(token));
  if (session && session.client !== client.id) {
    throw new AwsError("UnauthorizedException", "The token was not issued to this client.");
  }
  if (session) {
    pool.store.endSession(session.originJti);
  }
}

export interface Caller {
  readonly pool: Pool;
  readonly user: User;
}

/** The user of the request's `AccessToken`. */
export async function callerOf(context: Context, input: Input): Promise<Caller> {
  const token = await verifyAccessToken(context, text(input, "AccessToken"));
  const pool = context.pools.get(token.userPoolId);
  if (!pool) {
    throw refused("Invalid Access Token");
  }
  const user = pool.store.userBySub(token.sub);
  if (!user) {
    throw userNotFound();
  }
  const origin = token.claims["origin_jti"];
  if (typeof origin === "string" && !pool.store.session(origin)) {
    throw refused("Access Token has been revoked");
  }
  requireActive(user);
  return { pool, user };
}

async function verifyAccessToken({ verify }: Context, token: string): Promise<VerifiedToken> {
  const verified = await verify(token).catch((error: unknown) => {
    if (!(error instanceof TokenError)) {
      throw error;
    }
    throw refused(error.code === "TokenExpired" ? "Access Token has expired" : "Invalid Access Token");
  });
  if (verified.use !== "access") {
    throw refused("Invalid Access Token");
  }
  return verified;
}

function findSession(pool: Pool, client: ClientSettings, token: string, now: number): Session | undefined {
  const digest = digestOf(token);
  const session = pool.store.sessionByToken(digest);
  if (session?.client !== client.id) {
    return undefined;
  }
  if (session.expires <= now) {
    throw refused("Refresh Token has expired");
  }
  if (session.token !== digest && session.previousUntil <= now) {
    throw refused("Refresh Token has been revoked");
  }
  return session;
}

function newRefreshToken(): string {
  return randomBytes(64).toString("base64url");
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
