import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { type Frames, observeSockets } from "./frames.ts";

/** The caller: a user with a password, a token, or a role of the program. */
export type Caller =
  | { readonly as: "person"; readonly username: string; readonly password: string }
  | { readonly as: "token"; readonly token: string }
  | { readonly as: "role"; readonly credentials: Ready["roles"][string] };

/** A client library behind a common interface. */
export interface Client {
  /** The data of a query or mutation; throws what the library throws. */
  run(document: string, variables?: object): Promise<unknown>;
  /** Absent if the library has no AppSync subscriptions. Returns a function that unsubscribes. */
  subscribe?(document: string, variables: object, observer: Observer): () => void;
}

export interface Observer {
  readonly data: (data: unknown) => void;
  readonly error: (error: unknown) => void;
}

/** What each client's file exports. */
export interface ClientModule {
  readonly connect: (ready: Ready, caller: Caller) => Promise<Client>;
  /** The parts of the library's error that a program can use. */
  readonly read: (error: unknown) => Failure;
}

export interface Failure {
  readonly errorType?: string | undefined;
  readonly message?: string | undefined;
  readonly status?: number | undefined;
}

interface Asset {
  readonly id: string;
  readonly state: string;
}

const createAsset = /* GraphQL */ `
  mutation CreateAsset($input: CreateAssetInput!) {
    createAsset(input: $input) {
      asset {
        id
        state
      }
    }
  }
`;
const getAsset = /* GraphQL */ `
  query GetAsset($id: ID!) {
    getAsset(id: $id) {
      id
      state
    }
  }
`;
const publishAssetEvent = /* GraphQL */ `
  mutation Publish($input: AssetEventInput!) {
    publishAssetEvent(input: $input) {
      seq
      type
      asset {
        id
      }
    }
  }
`;
const onAssetEvent = (name: string) => /* GraphQL */ `
  subscription ${name}($ownerId: ID!) {
    onAssetEvent(ownerId: $ownerId) {
      type
      assetId
    }
  }
`;

/** Uses a client library as each kind of caller, one after the other. */
export async function play(library: ClientModule, ready: Ready) {
  const frames = observeSockets();
  return {
    person: await asPerson(library, ready, frames),
    outsider: await asOutsider(library, ready, frames),
    role: await asRole(library, ready, frames),
  };
}

export type Report = Awaited<ReturnType<typeof play>>;

async function asPerson({ connect, read }: ClientModule, ready: Ready, frames: Frames) {
  const { username, password, sub } = userOf(ready, "alice");
  const client = await connect(ready, { as: "person", username, password });
  const asset = await create(client);
  return {
    created: asset,
    got: await client.run(getAsset, { id: asset.id }),
    missing: await failure(read, client.run(getAsset, { id: "00000000000000000000000000" })),
    followed: client.subscribe && (await follow(client, sub, frames)),
  };
}

/** Two subscriptions on one socket. The second shows that the first gets no more events after it has stopped. */
async function follow(client: Client, ownerId: string, frames: Frames) {
  const first = watch(client, onAssetEvent("First"), ownerId);
  const second = watch(client, onAssetEvent("Second"), ownerId);
  await Promise.race([frames.until("start_ack", 2), first.failed, second.failed]);
  const one = await create(client);
  await Promise.all([first.created(one.id), second.created(one.id)]);
  first.stop();
  await frames.until("complete", 1);
  const two = await create(client);
  await second.created(two.id);
  second.stop();
  await frames.until("complete", 2);
  const received = await frames.take();
  const count = (type: string, part = "") =>
    received.filter((frame) => frame.type === type && frame.text.includes(part)).length;
  const ofOurs = ({ assetId }: Event) => assetId === one.id || assetId === two.id;
  return {
    assets: [one.id, two.id],
    first: first.seen.filter(ofOurs),
    second: second.seen.filter(ofOurs),
    sent: [count("data", one.id), count("data", two.id)],
    sockets: count("connection_ack"),
  };
}

async function asOutsider({ connect, read }: ClientModule, ready: Ready, frames: Frames) {
  const client = await connect(ready, { as: "token", token: "not.a.token" });
  return {
    asked: await failure(read, client.run("{ me { id } }")),
    followed: client.subscribe && (await refusal(client, read, frames)),
  };
}

/** publishAssetEvent is the only field here that roles may use. */
async function asRole({ connect, read }: ClientModule, ready: Ready, frames: Frames) {
  const as = (name: string) => connect(ready, { as: "role", credentials: roleOf(ready, name) });
  const input = publication();
  const ingest = await as("ingest");
  const denied = await failure(read, ingest.run(publishAssetEvent, { input }));
  const relay = await as("relay");
  return {
    denied,
    published: await relay.run(publishAssetEvent, { input }),
    asked: await failure(read, relay.run("{ me { id } }")),
    followed: relay.subscribe && (await refusal(relay, read, frames)),
  };
}

/** The frames of a refused subscription, and the library's error. */
async function refusal(client: Client, read: ClientModule["read"], frames: Frames) {
  const { failed, stop } = watch(client, onAssetEvent("Refused"), "anyone");
  const error = await failure(read, failed);
  stop();
  return { error, frames: (await frames.take()).map(({ type }) => type).filter((type) => type !== "ka") };
}

interface Event {
  readonly type: string;
  readonly assetId: string;
}

function watch(client: Client, document: string, ownerId: string) {
  const seen: Event[] = [];
  const waiting = new Set<() => void>();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const stop = client.subscribe?.(
    document,
    { ownerId },
    {
      data(data) {
        const { type, assetId } = (data as { onAssetEvent: Event }).onAssetEvent;
        seen.push({ type, assetId });
        for (const wake of waiting) {
          wake();
        }
      },
      error: reject,
    },
  );
  const created = (id: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (seen.some(({ type, assetId }) => type === "CREATED" && assetId === id)) {
          resolve();
        }
      };
      waiting.add(look);
      look();
    });
  return {
    seen,
    failed,
    stop: () => stop?.(),
    created: (id: string) => Promise.race([created(id), failed]),
  };
}

async function create(client: Client): Promise<Asset> {
  const input = { contentType: "image/png", contentLength: 100 };
  const data = (await client.run(createAsset, { input })) as { createAsset: { asset: Asset } };
  const { id, state } = data.createAsset.asset;
  return { id, state };
}

function publication(): object {
  const at = "2026-01-01T00:00:00.000Z";
  const asset = { id: "asset", ownerId: "nobody", contentType: "image/png", contentLength: 1 };
  const state = { state: "CREATED", labelStatus: "NONE", createdAt: at, updatedAt: at, version: 1 };
  return { seq: 1, type: "CREATED", ownerId: "nobody", assetId: "asset", at, asset: { ...asset, ...state } };
}

async function failure(read: ClientModule["read"], attempt: Promise<unknown>): Promise<Failure> {
  try {
    return { message: `It did not fail: ${JSON.stringify(await attempt)}` };
  } catch (error) {
    return read(error);
  }
}

function userOf({ users }: Ready, username: string): Ready["users"][number] {
  const user = users.find((one) => one.username === username);
  if (!user) {
    throw new Error(`No local user ${username}`);
  }
  return user;
}

function roleOf({ roles }: Ready, name: string): Ready["roles"][string] {
  const role = roles[name];
  if (!role) {
    throw new Error(`No role ${name}`);
  }
  return role;
}
