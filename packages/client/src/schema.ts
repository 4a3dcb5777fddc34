// Made from schema.graphql by `npm run generate`. Change that file, not this one.

/** State of the object. */
export type AssetState = "CREATED" | "RECEIVED" | "UPLOADED" | "REJECTED" | "EXPIRED" | "DELETED";

/** State of the labels. */
export type LabelStatus = "NONE" | "PENDING" | "RUNNING" | "DONE" | "FAILED" | "SKIPPED";

/** Source of a label. */
export type LabelSource = "MODEL" | "PERSON";

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
  /** Number of the event among the owner's events, without gaps. */
  readonly seq: number;
  /** What happened. If edited is true, the unchanged state of the asset. */
  readonly type: AssetEventType;
  /** True if updateAsset or setLabels changed the asset, or its thumbnails were made, and nothing else happened. Otherwise null. */
  readonly edited: boolean | null;
  /** Id of the owner. */
  readonly ownerId: string;
  /** Id of the asset. */
  readonly assetId: string;
  /** When the change was written. */
  readonly at: string;
  /** The asset after the change. For PURGED, its last version. */
  readonly asset: Asset;
}

/** One upload and its labels. */
export interface Asset {
  /** ULID; sorts by creation time. */
  readonly id: string;
  /** Id of the owner. */
  readonly ownerId: string;
  /** File name given by the client. Never used as a path. */
  readonly filename: string | null;
  /** Title. updateAsset changes it. */
  readonly title: string | null;
  /** Media type. The upload is signed for it. */
  readonly contentType: string;
  /** Size in bytes. The upload is signed for it. */
  readonly contentLength: number;
  /** SHA-256 of the bytes, as given by the client. */
  readonly sha256: string | null;
  /** Receiver that is called when labelling ends or the upload is rejected. */
  readonly callbackUrl: string | null;
  /** State of the object. */
  readonly state: AssetState;
  /** State of the labels. */
  readonly labelStatus: LabelStatus;
  /** Labels as corrected by setLabels, highest confidence first; null until there are any. */
  readonly labels: readonly Label[] | null;
  /** Why the upload was rejected, or why labelling failed or was skipped. */
  readonly labelError: AssetError | null;
  /** Pixels from left to right, as the picture is shown. Null until its thumbnails are made. */
  readonly width: number | null;
  /** Pixels from top to bottom, as the picture is shown. Null until its thumbnails are made. */
  readonly height: number | null;
  /** Creation time. */
  readonly createdAt: string;
  /** Time of the last change. */
  readonly updatedAt: string;
  /** Version number; each change increases it. Pass it as expectedVersion to change only this version. */
  readonly version: number;
}

/** Something found in a picture. */
export interface Label {
  /** Name. */
  readonly name: string;
  /** Confidence, 0 to 100. */
  readonly confidence: number;
  /** Broader labels that also apply. */
  readonly parents: readonly string[];
  /** Source of the label. */
  readonly source: LabelSource;
}

/** Why an upload was rejected, or why labelling failed or was skipped. */
export interface AssetError {
  /** Stable code. */
  readonly code: string;
  /** Message for people. */
  readonly message: string;
}

/** Selects all that an event has. */
export const assetEventSelection =
  "seq type edited ownerId assetId at asset { id ownerId filename title contentType contentLength sha256 callbackUrl state labelStatus labels { name confidence parents source } labelError { code message } width height createdAt updatedAt version }";
