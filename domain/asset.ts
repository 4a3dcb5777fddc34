import type { AssetError, AssetState, Label, LabelStatus } from "./schema.ts";

/**
 * An asset has two separate state machines: one for its object (`state`), one for its labels (`labelStatus`).
 * Resolvers, functions and tests share these tables. The code is valid APPSYNC_JS.
 */

export type { AssetError, AssetState, Label, LabelStatus } from "./schema.ts";

/** A label as the model found it. */
export type DetectedLabel = Omit<Label, "source">;

/** What a person says of one label: whether the picture shows it. */
export interface Correction {
  readonly name: string;
  readonly shown: boolean;
}

/** Corrections by `correctionKey` of their names. Labelling again leaves them as they are. */
export type Corrections = Record<string, Correction>;

/** State of a picture's smaller copies. `FAILED`: none can be made. */
export type RenditionStatus = "PENDING" | "DONE" | "FAILED";

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
  /** SHA-256 in base64, if the client gave none: known once the picture was labelled. */
  contentHash?: string;
  /** The owner's other asset with the same bytes that was there when these came. */
  duplicateOf?: string;
  /** Receiver that is called when labelling ends or the upload is rejected. */
  callbackUrl?: string;
  state: AssetState;
  labelStatus: LabelStatus;
  /** What the model found. What people see is worked out by `shownLabels`. */
  labels?: DetectedLabel[];
  corrections?: Corrections;
  /** Why the upload was rejected, or why labelling failed or was skipped. */
  labelError?: AssetError;
  /** Absent if the asset is no picture that is decoded. */
  renditions?: RenditionStatus;
  /** Pixels, as the picture is shown: after its EXIF rotation. Known once there are renditions. */
  width?: number;
  height?: number;
  /** Set if Rekognition does not take the object: the rendition `LABEL` is labelled. Labels are NONE until it exists. */
  labelledFrom?: "RENDITION";
  createdAt: string;
  updatedAt: string;
  /** Number of writes to this row. Each event has the version after its write. */
  version: number;
  /** When the last upload URL expires. */
  uploadExpiresAt: string;
  /** Key of the index of live assets; absent once deleted. */
  liveId?: string;
  /** Key of the index by state: `<state>#<id>`; absent once the asset is being purged. */
  stateId: string;
  /** The state that a restored asset returns to. */
  formerState?: AssetState;
  formerStateId?: string;
  /** When its purge was requested. The asset is DELETED, is not shown, and cannot be restored. */
  purgeRequestedAt?: string;
  /** S3's sequencer of the newest event of the object, padded; see `padSequencer`. */
  sequencer?: string;
  /** Number of labelling requests. A job of an earlier run does nothing. */
  labelRun: number;
  /** The job that is labelling. Until the lease ends (epoch milliseconds) no other job takes over. */
  labelJob?: string;
  labelLease?: number;
  /** True while the asset counts in its owner's account. Absent once that is given back. */
  counted?: boolean;
  /** Partition and sort key (epoch milliseconds) of the index of due rows; see due.ts. */
  dueShard: string;
  dueAt?: number;
}

interface Transition<State> {
  readonly from: State[];
  readonly to: State;
}

/** Changes of `state`. Restoring is not one of them: it returns to `formerState`. */
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

/** Changes of `labelStatus`. */
export const labelTransitions: Record<
  "queue" | "skip" | "start" | "finish" | "fail" | "again" | "wait",
  Transition<LabelStatus>
> = {
  queue: { from: ["NONE"], to: "PENDING" },
  skip: { from: ["NONE"], to: "SKIPPED" },
  start: { from: ["PENDING", "RUNNING"], to: "RUNNING" },
  finish: { from: ["RUNNING"], to: "DONE" },
  // A job can die before it starts, so PENDING can fail too.
  fail: { from: ["PENDING", "RUNNING"], to: "FAILED" },
  again: { from: ["DONE", "FAILED"], to: "PENDING" },
  // A limit of labelling is reached.
  wait: { from: ["RUNNING"], to: "PENDING" },
};

/** States in which the object is in the bucket and verified. */
export const stored: AssetState[] = ["RECEIVED", "UPLOADED"];

/** False for a deleted or missing asset. Its owner cannot distinguish the two. */
export const isShown = (asset: Pick<Asset, "state"> | null | undefined): boolean =>
  !!asset && asset.state !== "DELETED";

/** Key of the index by state. */
export const stateId = (state: AssetState, id: string): string => `${state}#${id}`;

/** The key of an asset's object in the bucket. */
export const objectKey = (ownerId: string, id: string): string => `uploads/${ownerId}/${id}`;

/** What the keys of an asset's renditions begin with. */
export const renditionsOf = (ownerId: string, id: string): string => `renditions/${ownerId}/${id}/`;

/** The asset of an object key. Undefined if the key is not that of an asset. */
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

/** True if the text has only characters of the alphabet. */
export const consistsOf = (text: string, alphabet: string): boolean =>
  text.split("").every((character) => alphabet.indexOf(character) >= 0);
