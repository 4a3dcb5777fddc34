import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { fetchAs, signerFor } from "./credentials.ts";
import type { Caller, Client, Failure, Observer } from "./scenario.ts";

/** No library at all: fetch and WebSocket by AppSync's manual, signed with the SDK's signer. */
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
        const socket = follow(ready, caller.credentials, JSON.stringify({ query, variables }), observer);
        return () => void socket.then((opened) => opened.close());
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

export const read = (error: unknown): Failure =>
  error instanceof Refused ? error.failure : { message: String(error) };

async function follow(
  ready: Ready,
  credentials: Ready["roles"][string],
  data: string,
  observer: Observer,
): Promise<WebSocket> {
  const sign = signerFor(ready, credentials);
  const json = { "content-type": "application/json" };
  const handshake = await sign(`${ready.graphqlUrl}/connect`, json, "{}");
  const header = Buffer.from(JSON.stringify(handshake)).toString("base64url");
  const authorization = await sign(ready.graphqlUrl, json, data);
  const socket = new WebSocket(ready.realtimeUrl, ["graphql-ws", `header-${header}`]);
  const tell = (message: object) => socket.send(JSON.stringify(message));
  socket.onopen = () => tell({ type: "connection_init" });
  socket.onmessage = (frame) => {
    const { type, payload } = JSON.parse(String(frame.data)) as {
      type: string;
      payload?: { data?: unknown; errors?: Failure[] };
    };
    if (type === "connection_ack") {
      tell({ id: "1", type: "start", payload: { data, extensions: { authorization } } });
    }
    if (type === "data") {
      observer.data(payload?.data);
    }
    if (payload?.errors) {
      observer.error(new Refused({ ...payload.errors[0] }));
    }
  };
  return socket;
}
