import {
  type AssetEvent,
  followAssetEvents,
  search,
  setLabels,
  upload,
  uploadAll,
} from "../../packages/client/src/index.ts";
import { createSession } from "../../packages/client/src/sign-in.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

const fileOf = (base64: string, name: string): File =>
  new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name, {
    type: "image/jpeg",
  });

const text = (bytes: number, name: string): File =>
  new File([new Uint8Array(bytes).fill(97)], name, { type: "text/plain" });

/** Signs in by SRP, as a page does. */
async function signIn(ready: Ready, username: string) {
  const session = createSession(ready);
  const { password = "" } = ready.users.find((user) => user.username === username) ?? {};
  const step = await session.signIn(username, password);
  const user = await session.user();
  const endpoint = { graphqlUrl: ready.graphqlUrl, token: session.token };
  return { session, step, user, ownerId: user?.id ?? "", endpoint };
}

/** Follows the events of a picture that is uploaded meanwhile, and searches for it. */
async function tour(ready: Ready, picture: string) {
  const { session, step, user, ownerId, endpoint } = await signIn(ready, "alice");
  const connected = Promise.withResolvers<undefined>();
  const events = followAssetEvents({ ...endpoint, ownerId, onConnected: () => connected.resolve(undefined) });
  await connected.promise;
  const { asset } = await upload(endpoint, fileOf(picture, "quay.jpg"), { until: "RECEIVED" });
  const types: string[] = [];
  for await (const event of events as AsyncIterable<AssetEvent>) {
    types.push(event.type);
    if (event.type === "LABELLED") {
      break;
    }
  }
  await setLabels(endpoint, { id: asset.id, add: ["Quay"] });
  let found: string | undefined;
  while (found === undefined) {
    for await (const match of search(endpoint, { label: "quay" })) {
      found = match.asset.id;
    }
  }
  await session.signOut();
  return { step, username: user?.username, types, found: found === asset.id, left: await session.user() };
}

/** Of the script that drives this page. */
declare const noticed: () => void;

/** Uploads a large file over a bad way, while other work of the page goes on. */
async function large(ready: Ready, bytes: number) {
  const { endpoint } = await signIn(ready, "bob");
  const progress: number[] = [];
  let turns = 0;
  const turn = () => {
    turns += 1;
    timer = setTimeout(turn);
  };
  let timer = setTimeout(turn);
  let turnsOfHashing = 0;
  const { asset } = await upload(endpoint, text(bytes, "large.txt"), {
    until: "RECEIVED",
    onReserved: () => (turnsOfHashing = turns),
    onProgress: (sent) => {
      progress.push(sent);
      noticed();
    },
  });
  clearTimeout(timer);
  const lastAttempt = progress.slice(
    progress.findLastIndex((sent, at) => sent < (progress[at - 1] ?? 0)) + 1 || 0,
  );
  return {
    state: asset.state,
    turnsOfHashing,
    notices: lastAttempt.length,
    rising: lastAttempt.every((sent, at) => sent >= (lastAttempt[at - 1] ?? 0)),
    sent: lastAttempt.at(-1),
  };
}

/** Aborts an upload at its first notice of progress. */
async function abort(ready: Ready, bytes: number) {
  const { endpoint } = await signIn(ready, "bob");
  const end = new AbortController();
  const reason = new Error("enough");
  const file = text(bytes, "aborted.txt");
  return upload(endpoint, file, { signal: end.signal, onProgress: () => end.abort(reason) }).then(
    () => "sent",
    (error: unknown) => (error === reason ? "aborted" : String(error)),
  );
}

/** The access token expires while a file is sent. */
async function longUpload(ready: Ready) {
  const { session, endpoint } = await signIn(ready, "bob");
  const tokens = new Set<string>();
  const token = async () => {
    const given = await session.token();
    tokens.add(given);
    return given;
  };
  const { now } = Date;
  try {
    const { asset } = await upload({ ...endpoint, token }, text(1_000, "long.txt"), {
      until: "RECEIVED",
      onReserved: () => (Date.now = () => now() + 20 * 60_000),
    });
    return { state: asset.state, tokens: tokens.size };
  } finally {
    Date.now = now;
  }
}

/** The same batch again sends only what is missing. */
async function batch(ready: Ready) {
  const { endpoint } = await signIn(ready, "bob");
  const items = [1, 2, 3].map((number) => ({
    file: text(1_000 + number, `batch-${number}.txt`),
    until: "RECEIVED" as const,
  }));
  await uploadAll(endpoint, items.slice(0, 2));
  const outcomes = await uploadAll(endpoint, items);
  return outcomes.map((outcome) => (outcome.status === "uploaded" ? outcome.existing : outcome.error));
}

const page = { tour, large, abort, longUpload, batch };

export type Page = typeof page;

Object.assign(globalThis, { page });
