import { createHash } from "node:crypto";
import http from "node:http";
import { openConnection } from "../../packages/client/src/connection.ts";
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

/** A signed-in user, over HTTP and WebSocket as any client. */
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
  close(): Promise<void>;
}

export interface Events<Event = AssetEvent> {
  readonly seen: readonly Event[];
  /** The first event, past or future, for which the condition holds. */
  until(holds: (event: Event) => boolean): Promise<Event>;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<unknown>;
  close(): Promise<unknown>;
}

export const assetFields = assetEventSelection.slice(
  assetEventSelection.indexOf("{") + 1,
  assetEventSelection.lastIndexOf("}"),
);

export async function clientOf(ready: Ready, username: string): Promise<Client> {
  const { token, sub } = await signIn(ready, username);
  const subscriptions: Events[] = [];
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
    async events(assetId) {
      const events = await subscribe(ready, token, { ownerId: sub, ...(assetId && { assetId }) });
      subscriptions.push(events);
      return events;
    },
    async close() {
      await Promise.all(subscriptions.map((events) => events.close()));
    },
  };
}

/** Subscribes to an owner's events. Throws `DarkroomError` if the API refuses. */
export function subscribe(ready: Ready, token: string, variables: object): Promise<Events> {
  const query = `subscription ($ownerId: ID!, $assetId: ID) { onAssetEvent(ownerId: $ownerId, assetId: $assetId) {
    ${assetEventSelection} } }`;
  return openSubscription(ready, { credentials: { Authorization: token }, query, variables });
}

export interface Subscription {
  /** `Authorization`, or `x-api-key`. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Of one field. */
  readonly query: string;
  readonly variables?: object;
}

/** Subscribes on a connection of its own. Returns the values of the field. Throws `DarkroomError` if the API refuses. */
export async function openSubscription<Event>(
  { graphqlUrl }: Ready,
  { credentials, query, variables = {} }: Subscription,
): Promise<Events<Event>> {
  const seen: Event[] = [];
  const waiting = new Set<() => void>();
  const connection = await openConnection({ graphqlUrl, authorization: credentials });
  await connection.subscribe({
    query,
    variables,
    onData(data) {
      seen.push(...Object.values(data as Record<string, Event>));
      for (const look of [...waiting]) {
        look();
      }
    },
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
    ended: connection.ended,
    close: () => connection.close(),
  };
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Sends a presigned request over node:http, which allows any header, as curl does. */
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
