import { createHash, randomUUID } from "node:crypto";
import http from "node:http";
import { WebSocket } from "ws";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import type { AssetEvent, AssetSnapshot } from "../../domain/event.ts";
import { assetEventSelection } from "../../domain/schema.ts";

export interface GraphQLError {
  readonly path?: readonly string[];
  readonly errorType?: string;
  readonly message: string;
}

export interface Answer<Data> {
  readonly data: Data | null;
  readonly errors?: readonly GraphQLError[];
}

export interface Presigned {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly expiresAt: string;
}

export type { AssetEvent };

export interface Created {
  readonly asset: AssetSnapshot;
  readonly upload: Presigned;
  /** With the first callback. */
  readonly webhookSecret: string | null;
}

/** A signed-in person, over plain HTTP and WebSocket as any client would. */
export interface Client {
  readonly sub: string;
  readonly token: string;
  /** The whole answer, errors included. */
  ask<Data = Record<string, unknown>>(query: string, variables?: object): Promise<Answer<Data>>;
  /** The data; throws if there are errors. */
  get<Data = Record<string, never>>(query: string, variables?: object): Promise<Data>;
  create(bytes: Uint8Array, contentType: string, more?: object): Promise<Created>;
  asset(id: string): Promise<AssetSnapshot>;
  /** Subscribed once this resolves. */
  events(assetId?: string): Promise<Events>;
  close(): void;
}

export interface Events<Event = AssetEvent> {
  readonly seen: readonly Event[];
  /** The first event, seen already or to come, for which this holds. */
  until(holds: (event: Event) => boolean): Promise<Event>;
}

export const assetFields = assetEventSelection.slice(
  assetEventSelection.indexOf("{") + 1,
  assetEventSelection.lastIndexOf("}"),
);

export async function clientOf(ready: Ready, username: string): Promise<Client> {
  const { token, sub } = await signIn(ready, username);
  const sockets: WebSocket[] = [];
  const ask = async <Data>(query: string, variables: object = {}): Promise<Answer<Data>> => {
    const response = await fetch(ready.graphqlUrl, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: token },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer<Data>;
  };
  const get = async <Data>(query: string, variables: object = {}): Promise<Data> => {
    const { data, errors } = await ask<Data>(query, variables);
    if (errors || !data) {
      throw new Error(JSON.stringify(errors));
    }
    return data;
  };
  return {
    sub,
    token,
    ask,
    get,
    async create(bytes, contentType, more = {}) {
      const input = { contentType, contentLength: bytes.length, ...more };
      const { createAsset } = await get<{ createAsset: Created }>(
        `mutation ($input: CreateAssetInput!) { createAsset(input: $input) {
          asset { ${assetFields} } upload { url method headers { name value } expiresAt } webhookSecret } }`,
        { input },
      );
      return createAsset;
    },
    async asset(id) {
      const { getAsset } = await get<{ getAsset: AssetSnapshot }>(
        `query ($id: ID!) { getAsset(id: $id) { ${assetFields} } }`,
        { id },
      );
      return getAsset;
    },
    events: (assetId) => subscribe(ready, token, { ownerId: sub, ...(assetId && { assetId }) }, sockets),
    close() {
      for (const socket of sockets) {
        socket.terminate();
      }
    },
  };
}

/** Subscribes to an owner's events; throws what the server refuses with. */
export function subscribe(
  ready: Ready,
  token: string,
  variables: object,
  sockets: WebSocket[],
): Promise<Events> {
  const query = `subscription ($ownerId: ID!, $assetId: ID) { onAssetEvent(ownerId: $ownerId, assetId: $assetId) {
    ${assetEventSelection} } }`;
  return openSubscription(ready, { credentials: { Authorization: token }, query, variables }, sockets);
}

export interface Subscription {
  /** `Authorization`, or `x-api-key`. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Of one field. */
  readonly query: string;
  readonly variables?: object;
}

/** Subscribes by AppSync's protocol, and gives what the field brings; throws what the server refuses with. */
export async function openSubscription<Event>(
  ready: Ready,
  { credentials, query, variables = {} }: Subscription,
  sockets: WebSocket[],
): Promise<Events<Event>> {
  const authorization = { host: new URL(ready.graphqlUrl).host, ...credentials };
  const header = Buffer.from(JSON.stringify(authorization)).toString("base64url");
  const socket = new WebSocket(ready.realtimeUrl, ["graphql-ws", `header-${header}`]);
  sockets.push(socket);
  const seen: Event[] = [];
  const waiting = new Set<() => void>();
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init" })));
    socket.on("message", (frame: Buffer) => {
      const message = JSON.parse(frame.toString("utf8")) as {
        type: string;
        payload?: { data?: Record<string, Event>; errors?: unknown };
      };
      if (message.type === "connection_ack") {
        const payload = { data: JSON.stringify({ query, variables }), extensions: { authorization } };
        socket.send(JSON.stringify({ id: randomUUID(), type: "start", payload }));
      } else if (message.type === "start_ack") {
        resolve();
      } else if (message.type === "data" && message.payload?.data) {
        seen.push(...Object.values(message.payload.data));
        for (const wake of [...waiting]) {
          wake();
        }
      } else if (message.type !== "ka") {
        reject(new Error(JSON.stringify(message.payload?.errors)));
      }
    });
  });
  return {
    seen,
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          const found = seen.find(holds);
          if (found) {
            waiting.delete(look);
            resolve(found);
          }
        };
        waiting.add(look);
        look();
      }),
  };
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Sends a presigned request over node:http, which lets every header be what a caller wants, as curl does. */
export function send(
  upload: Presigned,
  body: Uint8Array,
  headers: Record<string, string | undefined> = {},
): Promise<Reply> {
  const signed = Object.fromEntries(upload.headers.map(({ name, value }) => [name, value]));
  const all = Object.entries({ ...signed, ...headers }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return new Promise((resolve, reject) => {
    const request = http.request(upload.url, { method: upload.method, headers: Object.fromEntries(all) });
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    request.end(body);
  });
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
