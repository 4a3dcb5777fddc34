import type { Verifier } from "../../aws/gateway/signature.ts";
import type { Clock } from "../../aws/service.ts";
import type { Mode, Provider } from "../declared.ts";
import { unauthorized } from "../refusal.ts";
import type { Authenticator, Presented } from "./caller.ts";
import type { TokenVerifier } from "./cognito.ts";
import { cognitoAuthenticator } from "./cognito.ts";
import { iamAuthenticator } from "./iam.ts";

export interface Verifiers {
  readonly token: TokenVerifier;
  readonly signature: Verifier;
  readonly clock: Clock;
}

/** Tells the mode by the headers and asks its provider. A mode that the API does not declare is refused. */
export function createAuthenticator(providers: readonly Provider[], verifiers: Verifiers): Authenticator {
  const authenticators = new Map<Mode, Authenticator>(
    providers.map((provider) => [provider.mode, authenticatorOf(provider, verifiers)]),
  );
  return async (presented) => {
    const mode = modeOf(presented.credentials);
    if (!mode) throw unauthorized("Valid authorization header not provided.");
    const authenticate = authenticators.get(mode);
    if (!authenticate) throw unauthorized("You are not authorized to make this call.");
    return authenticate(presented);
  };
}

function authenticatorOf(provider: Provider, verifiers: Verifiers): Authenticator {
  if (provider.mode === "AMAZON_COGNITO_USER_POOLS") return cognitoAuthenticator(provider, verifiers.token);
  if (provider.mode === "AWS_IAM") return iamAuthenticator(verifiers.signature);
  return keyAuthenticator(provider, verifiers.clock);
}

function modeOf(credentials: Presented["credentials"]): Mode | undefined {
  const { authorization } = credentials;
  if (authorization?.startsWith("AWS4-HMAC-SHA256")) return "AWS_IAM";
  if (authorization) return "AMAZON_COGNITO_USER_POOLS";
  return credentials["x-api-key"] ? "API_KEY" : undefined;
}

function keyAuthenticator({ keys }: Extract<Provider, { mode: "API_KEY" }>, clock: Clock): Authenticator {
  return ({ credentials }) => {
    const declared = keys.find(({ key }) => key === credentials["x-api-key"]);
    const expiresAt = declared?.expires === undefined ? Infinity : Date.parse(declared.expires);
    if (!declared || expiresAt <= clock())
      return Promise.reject(unauthorized("You are not authorized to make this call."));
    return Promise.resolve({ mode: "API_KEY", identity: null, groups: [], expiresAt });
  };
}
