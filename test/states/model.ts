import type { AssetState, LabelStatus, RenditionStatus } from "../../domain/asset.ts";
import type { AssetEventType } from "../../domain/schema.ts";

/** An event, or a change of what its owner may edit. */
export type Publication = AssetEventType | `edited ${AssetState}`;

/** What a client uploads: a picture, one that the model does not take, one that is broken, text, or bytes that are not what was declared. */
export type Upload = "picture" | "webp" | "broken" | "text" | "other";

/** An asset as the contract has it, with no table, queue or condition behind it. */
export interface Asset {
  readonly upload: Upload;
  state: AssetState;
  former: AssetState | undefined;
  labels: LabelStatus;
  renditions: RenditionStatus | undefined;
  run: number;
  /** Who labels, and until when (model time). */
  job: string | undefined;
  lease: number;
  /** Whether its object is in the bucket. */
  object: boolean;
  uploaded: boolean;
  expires: number;
  /** Whether its purge was requested, and whether nothing is left of it. */
  purging: boolean;
  purged: boolean;
  /** What must be published to its owner, in order. */
  readonly publications: Publication[];
  title: string;
  /** Whether the model has found the label Teal. */
  found: boolean;
  /** What its owner says of labels: whether the asset shows them. */
  readonly corrections: Map<string, boolean>;
}

/** Milliseconds, as the functions have them. */
export const times = { upload: 300_000, grace: 60_000, lease: 60_000 };

export const created = (upload: Upload, now: number): Asset => ({
  ...{ upload, state: "CREATED", former: undefined, labels: "NONE", run: 1, job: undefined, lease: 0 },
  ...{ object: false, uploaded: false, expires: now + times.upload },
  ...{ purging: false, purged: false, renditions: undefined },
  ...{ publications: ["CREATED"], title: "", found: false, corrections: new Map() },
});

/** What became of the object, hidden or not. */
const uploadState = ({ state, former }: Asset): AssetState => former ?? state;

const isHidden = ({ state }: Asset): boolean => state === "DELETED";

function move(asset: Asset, state: AssetState): void {
  if (isHidden(asset)) {
    asset.former = state;
  } else {
    asset.state = state;
    asset.publications.push(state);
  }
}

function purge(asset: Asset): void {
  asset.purged = true;
  asset.publications.push("PURGED");
}

/** The labels of what is received, unless they are due. */
const firstLabels: Partial<Record<Upload, LabelStatus>> = { text: "SKIPPED", webp: "NONE" };

/** The bytes are looked at: each asset's once. */
function verify(asset: Asset): void {
  move(asset, asset.upload === "other" ? "REJECTED" : "RECEIVED");
  if (asset.upload !== "other") {
    asset.labels = firstLabels[asset.upload] ?? "PENDING";
    asset.renditions = asset.upload === "text" ? undefined : "PENDING";
  }
}

/** A thumbnail job ends: the picture is decoded, or cannot be, or the queue gave the job up. False if it is not due. */
export function endRenditions(asset: Asset, decoded: boolean): boolean {
  if (asset.purged || isHidden(asset) || asset.renditions !== "PENDING") {
    return false;
  }
  const made = decoded && asset.object && asset.upload !== "broken";
  const waits = asset.upload === "webp" && asset.labels === "NONE";
  asset.renditions = made ? "DONE" : "FAILED";
  if (made) {
    asset.publications.push(`edited ${asset.state}`);
  } else if (waits) {
    asset.publications.push("LABEL_FAILED");
  }
  if (waits) {
    asset.labels = made ? "PENDING" : "SKIPPED";
  }
  return true;
}

/** S3's event of a new object: perhaps late, repeated, or after its removal. */
export function hearCreated(asset: Asset): void {
  if (!asset.purged && !asset.purging && uploadState(asset) === "CREATED" && asset.object) {
    verify(asset);
  }
}

/** The upload failed for good. A purge job removes its object, and the row stays. */
const hasFailed = (asset: Asset): boolean => ["EXPIRED", "REJECTED"].includes(uploadState(asset));

/** S3's event of a removal. */
export function hearRemoved(asset: Asset): void {
  if (!asset.purged && !asset.purging && !hasFailed(asset)) {
    purge(asset);
  }
}

/** Somebody looks whether row and object agree. */
export function check(asset: Asset, now: number): void {
  if (asset.purged || asset.purging || hasFailed(asset)) {
    return;
  }
  switch (uploadState(asset)) {
    case "CREATED":
      if (asset.object) {
        verify(asset);
      } else if (now >= asset.expires + times.grace) {
        move(asset, "EXPIRED");
      }
      return;
    default:
      if (!asset.object) {
        purge(asset);
      }
  }
}

/** A purge job is done: nothing is left, and nothing that comes late stays. */
export function runPurge(asset: Asset): void {
  if (!asset.purged && hasFailed(asset)) {
    asset.object = false;
  }
  if (asset.purging) {
    asset.object = false;
    if (!asset.purged) {
      purge(asset);
    }
  }
}

/** Whether a label job is one to be done: of the present run, and nobody else is at it. */
export function mayLabel(asset: Asset, job: string, run: number, now: number): boolean {
  const free =
    asset.labels === "PENDING" || (asset.labels === "RUNNING" && (asset.job === job || asset.lease < now));
  return !asset.purged && asset.run === run && free;
}

/** A label job begins; false if it may not. */
export function beginLabels(asset: Asset, job: string, run: number, now: number): boolean {
  if (!mayLabel(asset, job, run, now) || isHidden(asset)) {
    return false;
  }
  if (asset.labels === "PENDING") {
    asset.publications.push("LABELLING");
  }
  asset.labels = "RUNNING";
  asset.job = job;
  asset.lease = now + times.lease;
  return true;
}

/** A label job that had begun has no budget: it is due again. */
export function putOffLabels(asset: Asset): void {
  asset.labels = "PENDING";
  asset.job = undefined;
  asset.publications.push(`edited ${asset.state}`);
}

/** Whether an asset counts against its owner's limits. */
export const isCounted = (asset: Asset): boolean =>
  !asset.purged && !["REJECTED", "EXPIRED"].includes(uploadState(asset));

/** A label job that had begun ends, in labels or in an error; if its asset was deleted meanwhile, it is due again. */
export function endLabels(asset: Asset, status: "DONE" | "FAILED"): void {
  if (isHidden(asset)) {
    asset.labels = "PENDING";
  } else {
    asset.labels = status;
    asset.found ||= status === "DONE";
    asset.publications.push(status === "DONE" ? "LABELLED" : "LABEL_FAILED");
  }
}

/** The queue gave a job up: nobody works on it, and its asset must not wait forever. */
export function giveUp(asset: Asset, job: string, run: number, now: number): void {
  if (mayLabel(asset, job, run, now)) {
    asset.labels = "FAILED";
    if (!isHidden(asset)) {
      asset.publications.push("LABEL_FAILED");
    }
  }
}

/** A mutation of the owner; gives the error that it must be answered with, or undefined. */
export function command(asset: Asset, name: Command, now: number): string | undefined {
  if (asset.purged) {
    return "NotFound";
  }
  return commands[name](asset, now);
}

export const commandNames = [
  ...(["confirmUpload", "deleteAsset", "restoreAsset", "labelAsset", "renewUpload"] as const),
  "purgeAsset" as const,
  ...(["title A", "title B", "add Boat", "add Teal", "remove Teal"] as const),
];

export type Command = (typeof commandNames)[number];

/** The labels that an asset is found by. */
export function shown(asset: Asset): string[] {
  if (asset.purged || !["RECEIVED", "UPLOADED"].includes(asset.state)) {
    return [];
  }
  return ["Boat", "Teal"].filter((name) => asset.corrections.get(name) ?? (name === "Teal" && asset.found));
}

const visible =
  (run: (asset: Asset, now: number) => string | undefined) =>
  (asset: Asset, now: number): string | undefined =>
    isHidden(asset) ? "NotFound" : run(asset, now);

const titled = (title: string) =>
  visible((asset) => {
    if (asset.title !== title) {
      asset.title = title;
      asset.publications.push(`edited ${asset.state}`);
    }
    return undefined;
  });

const corrected = (name: string, isShown: boolean) =>
  visible((asset) => {
    if (!["RECEIVED", "UPLOADED"].includes(asset.state)) {
      return "StateConflict";
    }
    if (asset.corrections.get(name) !== isShown) {
      asset.corrections.set(name, isShown);
      asset.publications.push(`edited ${asset.state}`);
    }
    return undefined;
  });

const commands: Record<Command, (asset: Asset, now: number) => string | undefined> = {
  confirmUpload: visible((asset) => {
    if (asset.state === "RECEIVED") {
      move(asset, "UPLOADED");
    }
    return asset.state === "UPLOADED" ? undefined : "StateConflict";
  }),
  deleteAsset: visible((asset) => {
    asset.former = asset.state;
    asset.state = "DELETED";
    asset.publications.push("DELETED");
    return undefined;
  }),
  purgeAsset(asset) {
    if (!asset.purging) {
      if (!isHidden(asset)) {
        asset.publications.push("DELETED");
      }
      asset.state = "DELETED";
      asset.former = undefined;
      asset.purging = true;
    }
    return undefined;
  },
  restoreAsset(asset) {
    if (asset.purging) {
      return "NotFound";
    }
    if (!asset.former) {
      return "StateConflict";
    }
    asset.state = asset.former;
    asset.former = undefined;
    asset.publications.push("RESTORED");
    return undefined;
  },
  labelAsset: visible((asset) => {
    if (!["RECEIVED", "UPLOADED"].includes(asset.state)) {
      return "StateConflict";
    }
    if (["DONE", "FAILED"].includes(asset.labels)) {
      asset.labels = "PENDING";
      asset.run += 1;
    }
    return ["PENDING", "RUNNING"].includes(asset.labels) ? undefined : "StateConflict";
  }),
  renewUpload: visible((asset, now) => {
    if (asset.state !== "CREATED") {
      return "StateConflict";
    }
    asset.expires = now + times.upload;
    return undefined;
  }),
  "title A": titled("A"),
  "title B": titled("B"),
  "add Boat": corrected("Boat", true),
  "add Teal": corrected("Teal", true),
  "remove Teal": corrected("Teal", false),
};
