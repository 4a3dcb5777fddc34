import { TokenError } from "../../aws/cognito/tokens.ts";
import type { VerifiedToken } from "../../aws/cognito/context.ts";
import type { Provider } from "../declared/providers.ts";
import { unauthorized } from "../refusal.ts";
import type { Authenticator } from "../model/caller.ts";

/** Throws `TokenError`. Caches tokens, so that many requests of a caller cost one RSA operation. */
export type TokenVerifier = (token: string) => Promise<VerifiedToken>;

type UserPools = Extract<Provider, { mode: "AMAZON_COGNITO_USER_POOLS" }>;

/** Accepts access and ID tokens of the declared pool, with and without `Bearer`. */
export function cognitoAuthenticator(provider: UserPools, verify: TokenVerifier): Authenticator {
  const clients = provider.appIdClientRegex === undefined ? undefined : new RegExp(provider.appIdClientRegex);
  return async ({ credentials, sourceIp }) => {
    const token = await verified(verify, (credentials["authorization"] ?? "").replace(/^bearer /i, ""));
    if (token.userPoolId !== provider.userPoolId || clients?.test(token.clientId) === false) {
      throw unauthorized("You are not authorized to make this call.");
    }
    const { sub, issuer, username, claims, groups, expiresAt } = token;
    const identity = {
      sub,
      issuer,
      username,
      claims,
      sourceIp,
      groups: groups.length > 0 ? groups : null,
      defaultAuthStrategy: provider.defaultAction,
    };
    return { mode: provider.mode, identity, groups, expiresAt };
  };
}

async function verified(verify: TokenVerifier, token: string): Promise<VerifiedToken> {
  try {
    return await verify(token);
  } catch (error) {
    throw error instanceof TokenError ? unauthorized(error.message) : error;
  }
}
