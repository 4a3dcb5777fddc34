import { WebSocket as Socket } from "ws";
import { type Connection, openConnection } from "../../packages/client/src/connection.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";

/** One signed-in local user, over plain HTTP. */
export interface Client {
  readonly sub: string;
  readonly token: string;
  /** The data; throws if there are errors. */
  ask<Data>(query: string, variables?: object): Promise<Data>;
}

/** Signs a local user in. */
export async function clientOf(ready: Ready, username: string): Promise<Client> {
  const { sub, token } = await signIn(ready, username);
  return {
    sub,
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

/** A real-time connection. The platform's own socket would cost more than the server that is to be measured. */
export const connectionFor = ({ graphqlUrl }: Ready, token: string): Promise<Connection> =>
  openConnection({
    graphqlUrl,
    authorization: { Authorization: token },
    WebSocket: Socket as unknown as typeof WebSocket,
  });
