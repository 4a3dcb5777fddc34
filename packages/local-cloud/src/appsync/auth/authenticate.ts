import type { Verifier } from "../../aws/gateway/signature.ts";
import type { Clock } from "../../base/service.ts";
import type { DeclaredApi } from "../declared/index.ts";
import type { Mode, Provider } from "../declared/providers.ts";
import { unauthorized } from "../refusal.ts";
import type { Authenticator, Presented } from "../model/caller.ts";
import { cognitoAuthenticator, type TokenVerifier } from "./cognito.ts";
import { iamAuthenticator } from "./iam.ts";
import { type AuthorizerBackend, lambdaAuthenticator } from "./lambda.ts";

export interface Verifiers extends AuthorizerBackend {
  readonly token: TokenVerifier;
  readonly signature: Verifier;
}

/** The headers decide the mode, and its provider decides the caller. A mode that the API does not declare is refused. */
export function createAuthenticator(
  api: Pick<DeclaredApi, "apiId" | "arn" | "type" | "name" | "providers">,
  verifiers: Verifiers,
): Authenticator {
  const authenticators = new Map<Mode, Authenticator>(
    api.providers.map((provider) => [provider.mode, authenticatorOf(provider, api, verifiers)]),
  );
  return async (presented) => {
    const mode = modeOf(presented.credentials, (one) => authenticators.has(one));
    if (!mode) {
      throw unauthorized("Valid authorization header not provided.");
    }
    const authenticate = authenticators.get(mode);
    if (!authenticate) {
      throw unauthorized("You are not authorized to make this call.");
    }
    return authenticate(presented);
  };
}

function authenticatorOf(
  provider: Provider,
  api: Pick<DeclaredApi, "apiId" | "arn" | "type" | "name">,
  verifiers: Verifiers,
): Authenticator {
  if (provider.mode === "AMAZON_COGNITO_USER_POOLS") {
    return cognitoAuthenticator(provider, verifiers.token);
  }
  if (provider.mode === "AWS_IAM") {
    return iamAuthenticator(verifiers.signature);
  }
  if (provider.mode === "AWS_LAMBDA") {
    return lambdaAuthenticator(provider, api, verifiers);
  }
  return keyAuthenticator(provider, verifiers.clock);
}

/** A Lambda authorizer gets the tokens that no other declared mode takes. Beside a user pool these are not JWTs. */
function modeOf(credentials: Presented["credentials"], declares: (mode: Mode) => boolean): Mode | undefined {
  const { authorization } = credentials;
  if (authorization) {
    const signed = authorization.startsWith("AWS4-HMAC-SHA256");
    const mode = signed ? "AWS_IAM" : "AMAZON_COGNITO_USER_POOLS";
    const taken = declares(mode) && (signed || /^(?:bearer )?[\w-]+\.[\w-]+\.[\w-]+$/i.test(authorization));
    return declares("AWS_LAMBDA") && !taken ? "AWS_LAMBDA" : mode;
  }
  return credentials["x-api-key"] ? "API_KEY" : undefined;
}

function keyAuthenticator({ keys }: Extract<Provider, { mode: "API_KEY" }>, clock: Clock): Authenticator {
  return ({ credentials }) => {
    const declared = keys.find(({ key }) => key === credentials["x-api-key"]);
    if (!declared || declared.expiresAt <= clock()) {
      return Promise.reject(unauthorized("You are not authorized to make this call."));
    }
    return Promise.resolve({ mode: "API_KEY", identity: null, groups: [], expiresAt: declared.expiresAt });
  };
}
