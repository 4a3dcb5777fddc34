import { DarkroomError } from "../../packages/client/src/api.ts";
import { type Connection, openConnection } from "../../packages/client/src/connection.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { fetchAs, signerFor } from "./credentials.ts";
import type { Caller, Client, Failure, Observer } from "./scenario.ts";

/** `fetch` and the product's own connection, with requests that the SDK's signer has signed. */
export async function connect(ready: Ready, caller: Caller): Promise<Client> {
  const send = await fetchAs(ready, caller);
  return {
    async run(query, variables = {}) {
      const response = await send(ready.graphqlUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await response.json()) as { data?: unknown; errors?: Failure[] };
      if (errors) {
        throw new Refused({ ...errors[0], status: response.status });
      }
      return data;
    },
    ...(caller.as === "role" && {
      subscribe: (query: string, variables: object, observer: Observer) => {
        const connection = follow(ready, caller.credentials, { query, variables }, observer);
        connection.catch(observer.error);
        return () => void connection.then((opened) => opened.close()).catch(() => undefined);
      },
    }),
  };
}

class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export function read(error: unknown): Failure {
  if (error instanceof DarkroomError) {
    return { errorType: error.errorType, message: error.message };
  }
  return error instanceof Refused ? error.failure : { message: String(error) };
}

async function follow(
  ready: Ready,
  credentials: Ready["roles"][string],
  request: { readonly query: string; readonly variables: object },
  observer: Observer,
): Promise<Connection> {
  const { graphqlUrl } = ready;
  const sign = signerFor(ready, credentials);
  const json = { "content-type": "application/json" };
  const connection = await openConnection({
    graphqlUrl,
    authorization: await sign(`${graphqlUrl}/connect`, json, "{}"),
  });
  const authorization = await sign(graphqlUrl, json, JSON.stringify(request));
  await connection.subscribe({ ...request, authorization, onData: observer.data });
  return connection;
}
