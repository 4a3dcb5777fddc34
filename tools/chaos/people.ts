import { request } from "node:http";
import { ask, DarkroomError, type Endpoint } from "../../packages/client/src/index.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { persist } from "./persist.ts";

/** A signed-in local user who repeats failed requests. */
export interface Person extends Endpoint {
  readonly username: string;
  readonly sub: string;
  /** One operation; repeated unless it is refused. */
  ask<Data>(query: string, variables: object): Promise<Data>;
}

/** A token is renewed after this time, in milliseconds. It is valid for 15 minutes. */
const fresh = 5 * 60_000;

export async function personOf(ready: Ready, username: string, signal: AbortSignal): Promise<Person> {
  let signedIn: { token: string; at: number } | undefined;
  const token = async (): Promise<string> => {
    if (!signedIn || Date.now() - signedIn.at > fresh) {
      const { token } = await persist(() => signIn(ready, username), signal);
      signedIn = { token, at: Date.now() };
    }
    return signedIn.token;
  };
  await token();
  const endpoint = { graphqlUrl: ready.graphqlUrl, token };
  return {
    ...endpoint,
    username,
    sub: ready.users.find((user) => user.username === username)?.sub ?? "",
    ask: <Data>(query: string, variables: object) =>
      persist(() => ask<Data>(endpoint, query, variables), signal),
  };
}

/** A signed request, to be sent unchanged. */
export interface Presigned {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** The status; throws if the connection broke. */
export function put({ url, method, headers }: Presigned, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const signed = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
    const sent = request(url, { method, headers: signed }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0)).once("error", reject);
      response.once("close", () => reject(new DarkroomError("ConnectionLost", "The answer broke off")));
    });
    sent.once("error", reject);
    sent.end(bytes);
  });
}
