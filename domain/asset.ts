import type { AssetError, AssetState, Label, LabelStatus } from "./schema.ts";

/**
 * An asset's two machines, never mixed: what became of the object (`state`) and of its labels (`labelStatus`).
 * Resolvers, functions, tests and documents share this table; APPSYNC_JS takes it as it stands.
 */

export type { AssetError, AssetState, Label, LabelStatus } from "./schema.ts";

/** A row of the assets table. Times are ISO 8601 in UTC. */
export interface Asset {
  ownerId: string;
  /** ULID: sorts by time of creation. */
  id: string;
  filename?: string;
  title?: string;
  contentType: string;
  /** Bytes, as signed into the upload. */
  contentLength: number;
  /** SHA-256 of the bytes, hexadecimal or base64, as the client gave it. */
  sha256?: string;
  /** Who is called when labelling has ended. */
  callbackUrl?: string;
  state: AssetState;
  labelStatus: LabelStatus;
  labels?: Label[];
  /** Why labelling failed or was skipped, or why the upload was rejected. */
  labelError?: AssetError;
  createdAt: string;
  updatedAt: string;
  /** Counts the writes to this row. Each event carries the version after its write. */
  version: number;
  /** When the last upload URL lapses. */
  uploadExpiresAt: string;
  /** Key of the index of live assets; absent once deleted. */
  liveId?: string;
  /** Key of the index by state: `<state>#<id>`. */
  stateId: string;
  /** What a deleted asset returns to when it is restored. */
  formerState?: AssetState;
  formerStateId?: string;
  /** S3's sequencer of the newest event seen for the object, padded; see `padSequencer`. */
  sequencer?: string;
  /** Counts the times that labelling was asked for; a job of an older run does nothing. */
  labelRun: number;
  /** The job that is labelling, and until when (epoch milliseconds) no other may take over. */
  labelJob?: string;
  labelLease?: number;
  /** The index of what must be looked at: in which partition, and when next (epoch milliseconds); see `due.ts`. */
  dueShard: string;
  dueAt?: number;
}

interface Transition<State> {
  readonly from: State[];
  readonly to: State;
}

/** What can become of the object. Restoring is not here: it leads back to `formerState`. */
export const transitions: Record<
  "receive" | "reject" | "expire" | "confirm" | "remove",
  Transition<AssetState>
> = {
  receive: { from: ["CREATED"], to: "RECEIVED" },
  reject: { from: ["CREATED"], to: "REJECTED" },
  expire: { from: ["CREATED"], to: "EXPIRED" },
  confirm: { from: ["RECEIVED"], to: "UPLOADED" },
  remove: { from: ["CREATED", "RECEIVED", "UPLOADED", "REJECTED", "EXPIRED"], to: "DELETED" },
};

/** What can become of the labels. */
export const labelTransitions: Record<
  "queue" | "skip" | "start" | "finish" | "fail" | "again",
  Transition<LabelStatus>
> = {
  queue: { from: ["NONE"], to: "PENDING" },
  skip: { from: ["NONE"], to: "SKIPPED" },
  start: { from: ["PENDING", "RUNNING"], to: "RUNNING" },
  finish: { from: ["RUNNING"], to: "DONE" },
  // PENDING too: a job may die before it could start.
  fail: { from: ["PENDING", "RUNNING"], to: "FAILED" },
  again: { from: ["DONE", "FAILED"], to: "PENDING" },
};

/** States whose object is in the bucket and verified. */
export const stored: AssetState[] = ["RECEIVED", "UPLOADED"];

/** False for a deleted or missing asset: its owner cannot distinguish the two. */
export const isShown = (asset: Pick<Asset, "state"> | null | undefined): boolean =>
  !!asset && asset.state !== "DELETED";

/** Key of the index by state. */
export const stateId = (state: AssetState, id: string): string => `${state}#${id}`;

/** Where an asset's bytes lie in the bucket. */
export const objectKey = (ownerId: string, id: string): string => `uploads/${ownerId}/${id}`;

/** The asset that an object key belongs to, or undefined for any other key. */
export function parseObjectKey(key: string): { ownerId: string; id: string } | undefined {
  const parts = key.split("/");
  const ownerId = parts[1];
  const id = parts[2];
  if (parts.length !== 3 || parts[0] !== "uploads" || !ownerId || !id || !isUlid(id)) {
    return undefined;
  }
  return { ownerId, id };
}

export const isUlid = (text: string): boolean =>
  text.length === 26 && consistsOf(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ");

/** True if each character of the text is one of the alphabet's. */
export const consistsOf = (text: string, alphabet: string): boolean =>
  text.split("").every((character) => alphabet.indexOf(character) >= 0);
