import { totpCode } from "./aws/cognito/totp.ts";
import type { Ready } from "./cloud.ts";
import { signInByPassword } from "./password-sign-in.ts";

/** Signs a local user in with what the ready object says of the user. Returns the access token and the subject. */
export async function signIn(
  { endpointUrl, userPoolClientId, users }: Pick<Ready, "endpointUrl" | "userPoolClientId" | "users">,
  username: string,
): Promise<{ readonly sub: string; readonly token: string }> {
  const user = users.find((one) => one.username === username);
  if (!user) {
    throw new Error(`No local user ${username}`);
  }
  const target = { endpoint: endpointUrl, clientId: userPoolClientId };
  const answer = await signInByPassword(target, user, Date.now(), totpCode);
  if (!answer.AuthenticationResult) {
    throw new Error(`Signing in answered ${answer.__type ?? answer.ChallengeName}: ${answer.message}`);
  }
  return { sub: user.sub, token: answer.AuthenticationResult.AccessToken };
}
