import { totpCode } from "./aws/cognito/totp.ts";
import type { Ready } from "./cloud.ts";

/** Signs a local user in with what the ready object says of the user. Returns the access token and the subject. */
export async function signIn(
  ready: Target & Pick<Ready, "users">,
  username: string,
): Promise<{ readonly sub: string; readonly token: string }> {
  const user = ready.users.find((one) => one.username === username);
  if (!user) {
    throw new Error(`No local user ${username}`);
  }
  const first = await call(ready, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: username, PASSWORD: user.password },
  });
  const answer = first.Session === undefined ? first : await sendCode(ready, user, first);
  if (!answer.AuthenticationResult) {
    throw new Error(`Signing in answered ${answer.__type ?? answer.ChallengeName}: ${answer.message}`);
  }
  return { sub: user.sub, token: answer.AuthenticationResult.AccessToken };
}

/** A code works once, so a sign-in soon after another sends the next one. */
async function sendCode(
  target: Target,
  { username, totpSecret = "" }: Ready["users"][number],
  { ChallengeName, Session }: Answer,
): Promise<Answer> {
  const send = (time: number) =>
    call(target, "RespondToAuthChallenge", {
      ...{ ChallengeName, Session },
      ChallengeResponses: { USERNAME: username, SOFTWARE_TOKEN_MFA_CODE: totpCode(totpSecret, time) },
    });
  const now = Date.now();
  const answer = await send(now);
  return answer.__type === "ExpiredCodeException" ? send(now + 30_000) : answer;
}

type Target = Pick<Ready, "endpointUrl" | "userPoolClientId">;

interface Answer {
  readonly AuthenticationResult?: { readonly AccessToken: string };
  readonly ChallengeName?: string;
  readonly Session?: string;
  readonly __type?: string;
  readonly message?: string;
}

async function call(
  { endpointUrl, userPoolClientId: ClientId }: Target,
  operation: string,
  input: object,
): Promise<Answer> {
  const response = await fetch(endpointUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({ ClientId, ...input }),
  });
  return (await response.json()) as Answer;
}
