import type { Asset, AssetError, AssetState, Label, LabelStatus } from "./asset.ts";

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

/** What everyone who should hear of a change hears. `seq` counts an owner's events without gaps. */
export interface AssetEvent {
  seq: number;
  type: AssetEventType;
  ownerId: string;
  assetId: string;
  at: string;
  asset: AssetSnapshot;
}

/** An asset as its owner may see it: what events and callbacks carry. */
export interface AssetSnapshot {
  id: string;
  ownerId: string;
  filename: string | null;
  contentType: string;
  contentLength: number;
  sha256: string | null;
  callbackUrl: string | null;
  state: AssetState;
  labelStatus: LabelStatus;
  labels: Label[] | null;
  labelError: AssetError | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

const ofLabelStatus: Partial<Record<LabelStatus, AssetEventType>> = {
  RUNNING: "LABELLING",
  DONE: "LABELLED",
  FAILED: "LABEL_FAILED",
};

/** The one event that a write to a row amounts to, or undefined for a write that nobody is told of. */
export function eventOf(before: Asset | undefined, after: Asset | undefined): AssetEventType | undefined {
  if (!after) {
    return before ? "PURGED" : undefined;
  }
  if (!before) {
    return "CREATED";
  }
  if (before.state !== after.state) {
    return before.state === "DELETED" ? "RESTORED" : after.state;
  }
  if (before.labelStatus !== after.labelStatus && after.state !== "DELETED") {
    return ofLabelStatus[after.labelStatus];
  }
  return undefined;
}

/** True if a write asks for a labelling run: labels became due, or a deleted asset with labels due came back. */
export function asksForLabels(before: Asset | undefined, after: Asset | undefined): boolean {
  if (!after || after.state === "DELETED" || after.labelStatus !== "PENDING") {
    return false;
  }
  return (
    !before ||
    before.state === "DELETED" ||
    before.labelStatus !== "PENDING" ||
    before.labelRun !== after.labelRun
  );
}

export const snapshot = (asset: Asset): AssetSnapshot => ({
  id: asset.id,
  ownerId: asset.ownerId,
  filename: asset.filename ?? null,
  contentType: asset.contentType,
  contentLength: asset.contentLength,
  sha256: asset.sha256 ?? null,
  callbackUrl: asset.callbackUrl ?? null,
  state: asset.state,
  labelStatus: asset.labelStatus,
  labels: asset.labels ?? null,
  labelError: asset.labelError ?? null,
  createdAt: asset.createdAt,
  updatedAt: asset.updatedAt,
  version: asset.version,
});

/** Key of an event in its owner's log: numbers as text of one width, so that the log sorts by them. */
export const eventId = (seq: number): string => `event#${`${1_000_000_000_000_000 + seq}`.slice(1)}`;
