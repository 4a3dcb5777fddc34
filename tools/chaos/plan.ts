import type { AssetState, LabelStatus } from "../../domain/asset.ts";
import type { CallbackType } from "../../domain/callback.ts";
import type { AssetEventType } from "../../domain/schema.ts";
import { type Random, randomStreams } from "../../packages/local-cloud/src/faults/random.ts";
import { pick, weighted } from "./draw.ts";

/** The content of an upload: `mismatched` does not have the declared type. */
export type Content = "jpeg" | "png" | "webp" | "corrupt" | "text" | "mismatched";

/** An event of an asset's plan. `THUMBNAILS` is the edit for new thumbnails. Users of a run make no edits. */
export type PlannedEvent = AssetEventType | "THUMBNAILS";

export const plannedEventOf = (event: {
  readonly type: AssetEventType;
  readonly edited: boolean | null;
}): PlannedEvent => (event.edited ? "THUMBNAILS" : event.type);

/** A step of a user after `createAsset`. `settled` waits until the asset changes no more. */
export type Step = "upload" | "received" | "settled" | "confirm" | "delete" | "restore" | "label" | "remove";

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
}

const picture: readonly Content[] = ["jpeg", "jpeg", "png", "webp"];
const labels: readonly PlannedEvent[] = ["CREATED", "RECEIVED", "LABELLING", "LABELLED"];
const labelled: readonly PlannedEvent[] = [...labels, "THUMBNAILS"];
const done = { state: "RECEIVED", labelStatus: "DONE" } as const;
const labelledCallback = ["asset.labelled"] as const;

export const journeys = {
  labelled: {
    share: 44,
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
    contents: ["text"],
    steps: ["upload"],
    end: { state: "RECEIVED", labelStatus: "SKIPPED" },
    error: "NotAnImage",
    events: ["CREATED", "RECEIVED"],
    callbacks: ["asset.label_skipped"],
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
  again: {
    share: 5,
    contents: picture,
    steps: ["upload", "settled", "label"],
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

/** How a receiver treats the first attempts at a callback. */
export type Failure = "500" | "503" | "302" | "cut" | "refuse" | "hang";

/** How an asset's callbacks fail at first, or that its receiver answers 410 at some time. */
export interface PlannedCallback {
  readonly failures: readonly Failure[];
  /** The receiver accepts the callback, and sends its answer very slowly. */
  readonly drip: boolean;
  /** Number of the receiver, shared with other assets, that answers 410 after some callbacks. */
  readonly gone?: number;
}

export interface PlannedAsset {
  /** Makes names, bytes and the clientToken unique. */
  readonly index: number;
  readonly owner: string;
  readonly journey: JourneyName;
  readonly content: Content;
  /** Whether the client gives the SHA-256. */
  readonly summed: boolean;
  readonly callback: PlannedCallback | undefined;
}

export interface Plan {
  readonly seed: number;
  readonly assets: readonly PlannedAsset[];
  /** Shares of the assets that are done, from 0 to 1, at which the cloud is killed. */
  readonly kills: readonly number[];
  /** How many callbacks each of these receivers accepts before it answers 410. */
  readonly gone: readonly number[];
}

export interface PlanOptions {
  readonly seed: number;
  readonly assets: number;
  readonly kills: number;
  readonly owners: readonly string[];
  /** Journeys to leave out: one takes minutes. */
  readonly without?: readonly JourneyName[];
  /** Ways in which callbacks may fail. */
  readonly failures?: readonly Failure[];
}

/** A receiver that hangs delays the other messages of its batch for fifteen seconds, so it is rare. */
const failures: readonly Failure[] = [
  ...["500", "500", "503", "503", "302", "302", "cut", "cut", "refuse", "refuse"],
  ...["500", "503", "302", "cut", "refuse", "hang"],
] as Failure[];

/** All random choices of a run, from the seed alone. Assets that are never uploaded come first, because they wait. */
export function planOf(options: PlanOptions): Plan {
  const random = randomStreams(options.seed);
  const drawn = Array.from({ length: options.assets }, (_, index) => planAsset(index, options, random));
  const kills = random("kills");
  return {
    seed: options.seed,
    assets: [
      ...drawn.filter(({ journey }) => journey === "expired"),
      ...drawn.filter(({ journey }) => journey !== "expired"),
    ],
    kills: Array.from({ length: options.kills }, (_, kill) => (kill + 0.2 + 0.6 * kills()) / options.kills),
    gone: Array.from({ length: Math.max(1, Math.round(options.assets / 200)) }, () =>
      Math.floor(1 + 4 * random("gone")()),
    ),
  };
}

function planAsset(index: number, options: PlanOptions, random: (stream: string) => Random): PlannedAsset {
  const draw = random("assets");
  const names = (Object.keys(journeys) as JourneyName[]).filter((name) => !options.without?.includes(name));
  const journey = weighted(
    draw,
    names.map((name) => [journeys[name].share, name] as const),
  );
  const receivers = Math.max(1, Math.round(options.assets / 200));
  const gone = draw() < 0.06 ? Math.floor(draw() * receivers) : undefined;
  const fails = draw() < 0.5;
  const failure = pick(draw, options.failures ?? failures);
  const again = pick(draw, options.failures ?? failures);
  // The third attempt is made after five minutes, so few callbacks need it.
  const twice = draw() < 0.02 && options.failures === undefined;
  return {
    index,
    owner: pick(draw, options.owners),
    journey,
    content: pick<Content>(draw, journeys[journey].contents),
    summed: draw() < 0.5,
    callback:
      draw() < 0.5
        ? {
            failures: fails && gone === undefined ? [failure, ...(twice ? [again] : [])] : [],
            drip: draw() < 0.05,
            ...(gone !== undefined && { gone }),
          }
        : undefined,
  };
}
