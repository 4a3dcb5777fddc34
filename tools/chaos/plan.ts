import { type Random, randomStreams } from "../../packages/local-cloud/src/faults/random.ts";
import { pick, weighted } from "./draw.ts";
import { type Content, type JourneyName, journeys } from "./journeys.ts";

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

/** A time in which labelling is paused, or has a budget of all users or of each that is soon used up. */
export interface PlannedBound {
  readonly kind: "pause" | "all" | "owner";
  /** The share of the pictures that are labelled when it begins, from 0 to 1. */
  readonly share: number;
}

export interface Plan {
  readonly seed: number;
  readonly assets: readonly PlannedAsset[];
  /** Shares of the assets that are done, from 0 to 1, at which the cloud is killed. */
  readonly kills: readonly number[];
  /** How many callbacks each of these receivers accepts before it answers 410. */
  readonly gone: readonly number[];
  readonly bounds: readonly PlannedBound[];
  /** Users that come and are erased. */
  readonly leavers: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly assets: number;
  readonly kills: number;
  readonly owners: readonly string[];
  /** How often labelling is bounded. Pictures that wait are labelled minutes later. */
  readonly bounds?: number;
  /** Users to erase, which takes some minutes. */
  readonly leavers?: number;
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
    bounds: Array.from({ length: options.bounds ?? 0 }, (_, index) => ({
      kind: (["all", "owner", "pause"] as const)[index % 3] ?? "all",
      // Not at the end, when no more labelling is due.
      share: (0.8 * (index + 0.2 + 0.6 * random("bounds")())) / (options.bounds ?? 1),
    })),
    leavers: options.leavers ?? 0,
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
