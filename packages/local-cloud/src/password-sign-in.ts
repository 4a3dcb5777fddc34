/** Cognito's address and a client that allows sign-in with a sent password. */
export interface Target {
  readonly endpoint: string;
  readonly clientId: string;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Base32, of a user who signs in with a code (TOTP). */
  readonly totpSecret?: string;
}

/** What Cognito answers: tokens, a challenge, or an error. */
export interface Answer {
  readonly AuthenticationResult?: { readonly AccessToken: string; readonly ExpiresIn: number };
  readonly ChallengeName?: string;
  readonly Session?: string;
  readonly __type?: string;
  readonly message?: string;
}

/** The code that an app shows for a secret. `time`: milliseconds. */
type CodeOf = (secret: string, time: number) => string | Promise<string>;

/** Signs in with a password, and with a code if Cognito asks for one. Runs in browsers too. `now`: milliseconds. */
export async function signInByPassword(
  target: Target,
  { username, password, totpSecret }: Credentials,
  now: number,
  codeOf: CodeOf,
): Promise<Answer> {
  const first = await call(target, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
  const { ChallengeName, Session } = first;
  if (ChallengeName !== "SOFTWARE_TOKEN_MFA" || totpSecret === undefined) {
    return first;
  }
  const send = async (time: number) =>
    call(target, "RespondToAuthChallenge", {
      ...{ ChallengeName, Session },
      ChallengeResponses: { USERNAME: username, SOFTWARE_TOKEN_MFA_CODE: await codeOf(totpSecret, time) },
    });
  const answer = await send(now);
  // A code works once, so a sign-in soon after another sends the next one.
  return answer.__type === "ExpiredCodeException" ? send(now + 30_000) : answer;
}

async function call({ endpoint, clientId }: Target, operation: string, input: object): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({ ClientId: clientId, ...input }),
  });
  return (await response.json()) as Answer;
}
