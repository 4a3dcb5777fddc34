import type { AssetState, LabelStatus } from "../../domain/asset.ts";
import type { CallbackType } from "../../domain/callback.ts";
import type { AssetEventType } from "../../domain/schema.ts";

/** The content of an upload: `rotated` is so by its EXIF data, and `mismatched` does not have the declared type. */
export type Content =
  "jpeg" | "rotated" | "png" | "webp" | "gif" | "avif" | "heic" | "bomb" | "corrupt" | "text" | "mismatched";

/** What an edit has changed: thumbnails are made, a title is set, labels are corrected, or a labelling has to wait. */
export type Edit = "THUMBNAILS" | "TITLED" | "CORRECTED" | "PUT_OFF";

/** An event of an asset's plan. */
export type PlannedEvent = AssetEventType | Edit;

/** A step of a user after `createAsset`. `settled` waits for labels or their refusal, `thumbnails` for them. */
export type Step =
  | ("upload" | "received" | "settled" | "thumbnails" | "confirm" | "title" | "correct")
  | ("delete" | "restore" | "label" | "remove" | "purge");

/** The steps of an asset, and the results that it must have despite all faults. */
export interface Journey {
  /** In per cent of all assets. */
  readonly share: number;
  readonly contents: readonly Content[];
  readonly steps: readonly Step[];
  /** `PURGED` is not a state of the API: the asset does not exist any more. */
  readonly end: { readonly state: AssetState | "PURGED"; readonly labelStatus: LabelStatus };
  /** `labelError.code` at the end. */
  readonly error?: string;
  /** Its events in the log, in any order: labels and confirmation race. */
  readonly events: readonly PlannedEvent[];
  /** An event that exists or not, depending on a race. */
  readonly perhaps?: PlannedEvent;
  readonly callbacks: readonly CallbackType[];
  /** Nothing of it may be left, whether its callbacks were sent or not. */
  readonly isForgotten?: true;
}

const picture: readonly Content[] = ["jpeg", "jpeg", "png", "webp", "rotated", "gif", "avif"];
const labels: readonly PlannedEvent[] = ["CREATED", "RECEIVED", "LABELLING", "LABELLED"];
const labelled: readonly PlannedEvent[] = [...labels, "THUMBNAILS"];
const done = { state: "RECEIVED", labelStatus: "DONE" } as const;
const skipped = { state: "RECEIVED", labelStatus: "SKIPPED" } as const;
const labelledCallback = ["asset.labelled"] as const;

export const journeys = {
  labelled: {
    share: 31,
    contents: picture,
    steps: ["upload"],
    end: done,
    events: labelled,
    callbacks: labelledCallback,
  },
  confirmed: {
    share: 12,
    contents: picture,
    steps: ["upload", "received", "confirm"],
    end: { state: "UPLOADED", labelStatus: "DONE" },
    events: [...labelled, "UPLOADED"],
    callbacks: labelledCallback,
  },
  corrupt: {
    share: 6,
    contents: ["corrupt"],
    steps: ["upload"],
    end: { state: "RECEIVED", labelStatus: "FAILED" },
    error: "InvalidImageFormat",
    events: ["CREATED", "RECEIVED", "LABELLING", "LABEL_FAILED"],
    callbacks: ["asset.label_failed"],
  },
  text: {
    share: 6,
    contents: ["text", "heic"],
    steps: ["upload"],
    end: skipped,
    error: "NotAnImage",
    events: ["CREATED", "RECEIVED"],
    callbacks: ["asset.label_skipped"],
  },
  bomb: {
    share: 2,
    contents: ["bomb"],
    steps: ["upload"],
    end: skipped,
    error: "ImageTooLarge",
    events: ["CREATED", "RECEIVED"],
    callbacks: ["asset.label_skipped"],
  },
  titled: {
    share: 3,
    contents: picture,
    steps: ["upload", "received", "title"],
    end: done,
    events: [...labelled, "TITLED"],
    callbacks: labelledCallback,
  },
  corrected: {
    share: 4,
    contents: picture,
    steps: ["upload", "settled", "thumbnails", "correct", "label"],
    end: done,
    events: [...labelled, "CORRECTED", "LABELLING", "LABELLED"],
    callbacks: ["asset.labelled", "asset.labelled"],
  },
  mismatched: {
    share: 6,
    contents: ["mismatched"],
    steps: ["upload"],
    end: { state: "REJECTED", labelStatus: "NONE" },
    error: "ContentMismatch",
    events: ["CREATED", "REJECTED"],
    callbacks: ["asset.rejected"],
  },
  deleted: {
    share: 5,
    contents: picture,
    steps: ["upload", "settled", "delete"],
    end: { state: "DELETED", labelStatus: "DONE" },
    events: [...labels, "DELETED"],
    perhaps: "THUMBNAILS",
    callbacks: labelledCallback,
  },
  restored: {
    share: 5,
    contents: picture,
    steps: ["upload", "settled", "delete", "restore"],
    end: done,
    events: [...labelled, "DELETED", "RESTORED"],
    callbacks: labelledCallback,
  },
  /** Its bytes arrive while it is deleted: it is labelled when it is restored, and not before. */
  hidden: {
    share: 4,
    contents: picture,
    steps: ["delete", "upload", "restore"],
    end: done,
    events: ["CREATED", "DELETED", "RESTORED", "LABELLING", "LABELLED", "THUMBNAILS"],
    perhaps: "RECEIVED",
    callbacks: labelledCallback,
  },
  purged: {
    share: 4,
    contents: picture,
    steps: ["upload", "settled", "remove"],
    end: { state: "PURGED", labelStatus: "DONE" },
    events: [...labels, "PURGED"],
    perhaps: "THUMBNAILS",
    callbacks: labelledCallback,
  },
  forgotten: {
    share: 3,
    contents: picture,
    steps: ["upload", "settled", "purge"],
    end: { state: "PURGED", labelStatus: "DONE" },
    events: [...labels, "DELETED", "PURGED"],
    perhaps: "THUMBNAILS",
    callbacks: [],
    isForgotten: true,
  },
  /** Its bytes arrive when it is purged, or while it is. */
  late: {
    share: 2,
    contents: picture,
    steps: ["purge", "upload"],
    end: { state: "PURGED", labelStatus: "NONE" },
    events: ["CREATED", "DELETED", "PURGED"],
    callbacks: [],
    isForgotten: true,
  },
  again: {
    share: 4,
    contents: picture,
    steps: ["upload", "settled", "thumbnails", "label"],
    end: done,
    events: [...labelled, "LABELLING", "LABELLED"],
    callbacks: ["asset.labelled", "asset.labelled"],
  },
  expired: {
    share: 3,
    contents: picture,
    steps: [],
    end: { state: "EXPIRED", labelStatus: "NONE" },
    events: ["CREATED", "EXPIRED"],
    callbacks: [],
  },
} as const satisfies Readonly<Record<string, Journey>>;

/** The asset is deleted or gone in the end. */
export const isHidden = ({ end }: Journey): boolean => end.state === "DELETED" || end.state === "PURGED";

export type JourneyName = keyof typeof journeys;
