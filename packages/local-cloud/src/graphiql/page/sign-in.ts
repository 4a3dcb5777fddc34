import type { Settings, User } from "../settings.ts";
import { totpCode } from "./totp.ts";

export interface SignInOptions {
  /** Cognito's address. */
  readonly endpoint: string;
  readonly userPoolClientId: Settings["userPoolClientId"];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A token is not used in its last milliseconds of validity. */
const margin = 30_000;

/** Returns a user's access token. Signs in with the password if there is no valid one. */
export function createSignIn(options: SignInOptions): (user: User) => Promise<string> {
  const signedIn = new Map<string, Promise<Token>>();
  const renew = async (user: User): Promise<string> => {
    const token = signIn(options, user);
    signedIn.set(user.username, token);
    // What failed is tried again the next time.
    token.catch(() => signedIn.delete(user.username));
    return (await token).text;
  };
  return async (user) => {
    const token = await signedIn.get(user.username);
    return token && options.clock() < token.expiresAt - margin ? token.text : renew(user);
  };
}

interface Token {
  readonly text: string;
  readonly expiresAt: number;
}

async function signIn(options: SignInOptions, user: User): Promise<Token> {
  const { username, password, totpSecret } = user;
  const first = await call(options, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
  const { Session } = first;
  const answer =
    Session !== undefined && totpSecret !== undefined
      ? await sendCode(options, username, totpSecret, Session)
      : first;
  if (!answer.AuthenticationResult) {
    throw new Error(
      `Signing in as ${username} answered ${answer.__type ?? answer.ChallengeName ?? ""}: ${answer.message ?? ""} ` +
        "If the cloud was restarted, reload the page.",
    );
  }
  const { AccessToken, ExpiresIn } = answer.AuthenticationResult;
  return { text: AccessToken, expiresAt: options.clock() + ExpiresIn * 1000 };
}

/** A code works once, so a sign-in soon after another sends the next one. */
async function sendCode(
  options: SignInOptions,
  username: string,
  secret: string,
  Session: string,
): Promise<Answer> {
  const send = async (time: number) =>
    call(options, "RespondToAuthChallenge", {
      ...{ ChallengeName: "SOFTWARE_TOKEN_MFA", Session },
      ChallengeResponses: { USERNAME: username, SOFTWARE_TOKEN_MFA_CODE: await totpCode(secret, time) },
    });
  const now = options.clock();
  const answer = await send(now);
  return answer.__type === "ExpiredCodeException" ? send(now + 30_000) : answer;
}

interface Answer {
  readonly AuthenticationResult?: { readonly AccessToken: string; readonly ExpiresIn: number };
  readonly ChallengeName?: string;
  readonly Session?: string;
  readonly __type?: string;
  readonly message?: string;
}

async function call(
  { endpoint, userPoolClientId: ClientId }: SignInOptions,
  operation: string,
  input: object,
): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({ ClientId, ...input }),
  });
  return (await response.json()) as Answer;
}
