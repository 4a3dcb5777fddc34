import { once } from "node:events";
import { WebSocket } from "ws";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

/** One real-time connection with any number of subscriptions. */
export interface Connection {
  /** Subscribed once this resolves; throws what the server refuses with. */
  subscribe(query: string, variables: object, onData: (data: unknown) => void): Promise<unknown>;
  close(): Promise<void>;
}

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly data?: unknown; readonly errors?: unknown };
}

interface Subscription {
  readonly started: PromiseWithResolvers<undefined>;
  readonly onData: (data: unknown) => void;
}

/** AppSync's protocol: connection_init, connection_ack, start, start_ack, data. */
export async function openConnection(ready: Ready, token: string): Promise<Connection> {
  const authorization = { host: new URL(ready.graphqlUrl).host, Authorization: token };
  const header = Buffer.from(JSON.stringify(authorization)).toString("base64url");
  const socket = new WebSocket(ready.realtimeUrl, ["graphql-ws", `header-${header}`]);
  const subscriptions = new Map<string, Subscription>();
  const send = (message: object) => socket.send(JSON.stringify(message));
  const acknowledged = Promise.withResolvers<undefined>();
  socket.on("error", acknowledged.reject);
  socket.on("open", () => send({ type: "connection_init" }));
  socket.on("message", (frame: Buffer) => {
    const message = JSON.parse(frame.toString("utf8")) as Message;
    const subscription = subscriptions.get(message.id ?? "");
    if (message.type === "data") {
      subscription?.onData(message.payload?.data);
    } else if (message.type === "start_ack") {
      subscription?.started.resolve(undefined);
    } else if (message.type === "connection_ack") {
      acknowledged.resolve(undefined);
    } else if (message.type.endsWith("error")) {
      const error = new Error(JSON.stringify(message.payload?.errors));
      (subscription?.started ?? acknowledged).reject(error);
    }
  });
  await acknowledged.promise;
  return {
    subscribe(query, variables, onData) {
      const id = String(subscriptions.size);
      const started = Promise.withResolvers<undefined>();
      subscriptions.set(id, { started, onData });
      const payload = { data: JSON.stringify({ query, variables }), extensions: { authorization } };
      send({ id, type: "start", payload });
      return started.promise;
    },
    async close() {
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
}
