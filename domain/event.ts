import type { Asset } from "./asset.ts";
import { editableFields } from "./edit.ts";
import { shownLabels, sortedCorrections } from "./labels.ts";
import type {
  AssetEventInput as AssetEvent,
  AssetEventType,
  AssetInput as AssetSnapshot,
  LabelStatus,
} from "./schema.ts";

export type {
  /** An event as subscribers, the event log and callbacks get it. `seq` numbers an owner's events without gaps. */
  AssetEventInput as AssetEvent,
  /** The asset in an event: the fields that its owner may see. */
  AssetInput as AssetSnapshot,
} from "./schema.ts";

const ofLabelStatus: Partial<Record<LabelStatus, AssetEventType>> = {
  RUNNING: "LABELLING",
  DONE: "LABELLED",
  FAILED: "LABEL_FAILED",
};

/** The event for a write to a row. Undefined if the write has no event. */
export function eventOf(
  before: Asset | undefined,
  after: Asset | undefined,
): Pick<AssetEvent, "type" | "edited"> | undefined {
  const type = typeOf(before, after);
  if (type) {
    return { type, edited: null };
  }
  return before && after && isEdited(before, after) ? { type: after.state, edited: true } : undefined;
}

function typeOf(before: Asset | undefined, after: Asset | undefined): AssetEventType | undefined {
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
    // Decoding has shown that the picture cannot be labelled.
    return before.labelStatus === "NONE" && after.labelStatus === "SKIPPED"
      ? "LABEL_FAILED"
      : ofLabelStatus[after.labelStatus];
  }
  return undefined;
}

const isEdited = (before: Asset, after: Asset): boolean =>
  editableFields().some((name) => before[name] !== after[name]) ||
  before.width !== after.width ||
  before.height !== after.height ||
  waits(before, after) ||
  correctionsText(before) !== correctionsText(after);

/** True if a labelling run has to wait for its budget. The sweep queues it again. */
const waits = (before: Asset, after: Asset): boolean =>
  before.labelStatus === "RUNNING" && after.labelStatus === "PENDING" && before.labelRun === after.labelRun;

const correctionsText = ({ corrections }: Asset): string =>
  JSON.stringify(sortedCorrections(corrections ?? {}).map(({ name, shown }) => [name, shown]));

/** True if a write starts a labelling run: labels became PENDING, or an asset with PENDING labels was restored. */
export function asksForLabels(before: Asset | undefined, after: Asset | undefined): boolean {
  if (!after || after.state === "DELETED" || after.labelStatus !== "PENDING") {
    return false;
  }
  return (
    !before ||
    before.state === "DELETED" ||
    before.labelRun !== after.labelRun ||
    (before.labelStatus !== "PENDING" && !waits(before, after))
  );
}

/** True if a write requests the purge of an asset. */
export const asksForPurge = (before: Asset | undefined, after: Asset | undefined): boolean =>
  !!after?.purgeRequestedAt && !before?.purgeRequestedAt;

export const snapshot = (asset: Asset): AssetSnapshot => ({
  id: asset.id,
  ownerId: asset.ownerId,
  filename: asset.filename ?? null,
  title: asset.title ?? null,
  contentType: asset.contentType,
  contentLength: asset.contentLength,
  sha256: asset.sha256 ?? null,
  duplicateOf: asset.duplicateOf ?? null,
  callbackUrl: asset.callbackUrl ?? null,
  state: asset.state,
  labelStatus: asset.labelStatus,
  labels: shownLabels(asset),
  labelError: asset.labelError ?? null,
  width: asset.width ?? null,
  height: asset.height ?? null,
  createdAt: asset.createdAt,
  updatedAt: asset.updatedAt,
  version: asset.version,
});

/** Key of the number of an owner's last event. */
export const counterId = "counter";

/** Key of an event in its owner's log. The number has a fixed width, so that the log sorts by it. */
export const eventId = (seq: number): string => `event#${`${1_000_000_000_000_000 + seq}`.slice(1)}`;
