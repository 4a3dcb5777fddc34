// Made from schema.graphql by `npm run generate`. Change that file, not this one.

/** What became of the object. */
export type AssetState = "CREATED" | "RECEIVED" | "UPLOADED" | "REJECTED" | "EXPIRED" | "DELETED";

/** What became of the labels. */
export type LabelStatus = "NONE" | "PENDING" | "RUNNING" | "DONE" | "FAILED" | "SKIPPED";

/** What happened to an asset. */
export type AssetEventType =
  | "CREATED"
  | "RECEIVED"
  | "UPLOADED"
  | "REJECTED"
  | "EXPIRED"
  | "LABELLING"
  | "LABELLED"
  | "LABEL_FAILED"
  | "DELETED"
  | "RESTORED"
  | "PURGED";

/** One change of an asset. */
export interface AssetEvent {
  /** Counts the owner's events, without gaps. */
  readonly seq: number;
  /** What happened. If edited is true: the asset's state, which did not change. */
  readonly type: AssetEventType;
  /** True if updateAsset changed the asset and nothing else happened to it; otherwise null. */
  readonly edited: boolean | null;
  /** Whose asset. */
  readonly ownerId: string;
  /** Which asset. */
  readonly assetId: string;
  /** When it was written. */
  readonly at: string;
  /** The asset as the change left it, or as it last was once purged. */
  readonly asset: Asset;
}

/** One upload and what became of it. */
export interface Asset {
  /** ULID: sorts by time of creation. */
  readonly id: string;
  /** Whose it is. */
  readonly ownerId: string;
  /** The name that the client gave; data only, never a path. */
  readonly filename: string | null;
  /** A title for people; updateAsset changes it. */
  readonly title: string | null;
  /** Media type, as signed into the upload. */
  readonly contentType: string;
  /** Size in bytes, as signed into the upload. */
  readonly contentLength: number;
  /** SHA-256 of the bytes, as the client gave it. */
  readonly sha256: string | null;
  /** Who is called when labelling has ended, or the upload was rejected. */
  readonly callbackUrl: string | null;
  /** What became of the object. */
  readonly state: AssetState;
  /** What became of the labels. */
  readonly labelStatus: LabelStatus;
  /** Labels found, surest first; null until labelled. */
  readonly labels: readonly Label[] | null;
  /** Why the upload was rejected, or labelling failed or was skipped. */
  readonly labelError: AssetError | null;
  /** When it was created. */
  readonly createdAt: string;
  /** When it last changed. */
  readonly updatedAt: string;
  /** Counts changes. */
  readonly version: number;
}

/** Something seen in a picture. */
export interface Label {
  /** What. */
  readonly name: string;
  /** How sure, 0 to 100. */
  readonly confidence: number;
  /** Wider terms that hold too. */
  readonly parents: readonly string[];
}

/** Why something did not work. */
export interface AssetError {
  /** Stable code. */
  readonly code: string;
  /** For people. */
  readonly message: string;
}

/** Selects all that an event has. */
export const assetEventSelection =
  "seq type edited ownerId assetId at asset { id ownerId filename title contentType contentLength sha256 callbackUrl state labelStatus labels { name confidence parents } labelError { code message } createdAt updatedAt version }";
