import type { Ready } from "./cloud.ts";

/** Signs a local user in with the password of the ready object. Returns the access token and the subject. */
export async function signIn(
  ready: Pick<Ready, "endpointUrl" | "userPoolClientId" | "users">,
  username: string,
): Promise<{ readonly sub: string; readonly token: string }> {
  const user = ready.users.find((one) => one.username === username);
  if (!user) {
    throw new Error(`No local user ${username}`);
  }
  const response = await fetch(ready.endpointUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
    },
    body: JSON.stringify({
      ClientId: ready.userPoolClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: user.username, PASSWORD: user.password },
    }),
  });
  const answer = (await response.json()) as {
    AuthenticationResult?: { AccessToken: string };
    message?: string;
  };
  if (!answer.AuthenticationResult) {
    throw new Error(`Signing in answered ${response.status}: ${answer.message}`);
  }
  return { sub: user.sub, token: answer.AuthenticationResult.AccessToken };
}
