import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";
import type { Ready } from "./cloud.ts";
import { signIn } from "./sign-in.ts";

/** What the demo does with Darkroom: an app would use Amplify or Apollo (docs/api.md). */
export interface Darkroom {
  createAsset(input: AssetInput): Promise<{ asset: { id: string }; upload: PresignedRequest }>;
  downloadUrl(id: string): Promise<string | null>;
  /** The caller's events, from the moment that this resolves. */
  subscribe(): Promise<AsyncIterable<AssetEvent>>;
  close(): void;
}

interface AssetInput {
  readonly filename: string;
  readonly contentType: string;
  readonly contentLength: number;
  readonly sha256: string;
}

export interface PresignedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export interface AssetEvent {
  readonly seq: number;
  readonly type: string;
  readonly assetId: string;
  readonly asset: {
    readonly id: string;
    readonly state: string;
    readonly labelStatus: string;
    readonly labels:
      readonly { readonly name: string; readonly confidence: number; readonly parents: string[] }[] | null;
    readonly labelError: { readonly code: string; readonly message: string } | null;
  };
}

const subscription = /* GraphQL */ `
  subscription Follow($ownerId: ID!) {
    onAssetEvent(ownerId: $ownerId) {
      seq
      type
      assetId
      asset {
        id
        state
        labelStatus
        labels {
          name
          confidence
          parents
        }
        labelError {
          code
          message
        }
      }
    }
  }
`;

/** Signs a local user in with the password of the cloud's ready object. */
export async function connect(ready: Ready, username: string): Promise<Darkroom> {
  const { token, sub } = await signIn(ready, username);
  const sockets: WebSocket[] = [];
  const query = async <Data>(text: string, variables: object): Promise<Data> => {
    const response = await fetch(ready.graphqlUrl, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: token },
      body: JSON.stringify({ query: text, variables }),
    });
    const { data, errors } = (await response.json()) as {
      data: Data;
      errors?: { errorType: string; message: string }[];
    };
    if (errors?.[0]) {
      throw new Error(`${errors[0].errorType}: ${errors[0].message}`);
    }
    return data;
  };
  return {
    async createAsset(input) {
      const { createAsset } = await query<{ createAsset: Awaited<ReturnType<Darkroom["createAsset"]>> }>(
        `mutation Create($input: CreateAssetInput!) {
          createAsset(input: $input) { asset { id } upload { url method headers { name value } } }
        }`,
        { input },
      );
      return createAsset;
    },
    async downloadUrl(id) {
      const { getAsset } = await query<{ getAsset: { downloadUrl: string | null } }>(
        "query Download($id: ID!) { getAsset(id: $id) { downloadUrl } }",
        { id },
      );
      return getAsset.downloadUrl;
    },
    subscribe: () => follow(ready, token, sub, sockets),
    close() {
      for (const socket of sockets) {
        socket.close();
      }
    },
  };
}

/** AppSync's protocol: connection_init, connection_ack, start, start_ack, data. */
async function follow(
  ready: Ready,
  token: string,
  ownerId: string,
  sockets: WebSocket[],
): Promise<AsyncIterable<AssetEvent>> {
  const authorization = { host: new URL(ready.graphqlUrl).host, Authorization: token };
  const header = Buffer.from(JSON.stringify(authorization)).toString("base64url");
  const socket = new WebSocket(ready.realtimeUrl, ["graphql-ws", `header-${header}`]);
  sockets.push(socket);
  const send = (message: object) => socket.send(JSON.stringify(message));
  const { readable, writable } = new TransformStream<AssetEvent, AssetEvent>();
  const writer = writable.getWriter();

  await new Promise<void>((resolve, reject) => {
    const start = () => {
      const data = JSON.stringify({ query: subscription, variables: { ownerId } });
      send({ id: randomUUID(), type: "start", payload: { data, extensions: { authorization } } });
    };
    socket.on("open", () => send({ type: "connection_init" }));
    socket.on("error", reject);
    socket.on("close", () => void writer.close().catch(() => undefined));
    socket.on("message", (frame: Buffer) => {
      const message = JSON.parse(frame.toString("utf8")) as {
        type: string;
        payload?: { data?: { onAssetEvent: AssetEvent }; errors?: unknown };
      };
      if (message.type === "connection_ack") {
        start();
      } else if (message.type === "start_ack") {
        resolve();
      } else if (message.type === "data" && message.payload?.data) {
        void writer.write(message.payload.data.onAssetEvent);
      } else if (message.type.endsWith("error")) {
        reject(new Error(`Subscribing answered ${JSON.stringify(message.payload?.errors)}`));
      }
    });
  });
  return readable;
}
