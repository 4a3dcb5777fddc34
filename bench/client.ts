import type { Ready } from "../local/cloud.ts";

/** One signed-in local user, over plain HTTP. */
export interface Client {
  readonly sub: string;
  readonly token: string;
  /** The data; throws if there are errors. */
  ask<Data>(query: string, variables?: object): Promise<Data>;
}

/** Signs in with the password that the cloud told. */
export async function signIn(ready: Ready, username: string): Promise<Client> {
  const user = ready.users.find((one) => one.username === username);
  if (!user) {
    throw new Error(`No local user ${username}`);
  }
  const { AuthenticationResult } = await post<{ AuthenticationResult: { AccessToken: string } }>(
    ready.endpointUrl,
    {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
    },
    {
      ClientId: ready.userPoolClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: user.username, PASSWORD: user.password },
    },
  );
  const token = AuthenticationResult.AccessToken;
  return {
    sub: user.sub,
    token,
    async ask<Data>(query: string, variables: object = {}) {
      const headers = { "content-type": "application/json", authorization: token };
      const answer = await post<{ data: Data; errors?: unknown }>(ready.graphqlUrl, headers, {
        query,
        variables,
      });
      if (answer.errors !== undefined) {
        throw new Error(JSON.stringify(answer.errors));
      }
      return answer.data;
    },
  };
}

async function post<Answer>(url: string, headers: Record<string, string>, body: object): Promise<Answer> {
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return (await response.json()) as Answer;
}
