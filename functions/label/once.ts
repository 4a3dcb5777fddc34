import type { Budget, Taken, Waiting } from "./budget.ts";
import type { Cache, Content, Known, Result } from "./cache.ts";
import type { Detection } from "./detection.ts";

export interface DetectingOnce {
  readonly budget: Budget;
  readonly cache: Cache;
  /** Throws temporary errors, such as throttling. */
  readonly detect: (key: string) => Promise<Detection>;
  /** Waits, in milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly now: () => number;
  /** Called once for each answer: whether it cost no call. */
  readonly counted: (hit: boolean) => void;
}

export interface Picture extends Content {
  /** The asset. */
  readonly id: string;
  /** The object that the model gets. */
  readonly key: string;
}

/** Another job asks for the same bytes, longer than this one can wait. */
export class StillDetecting extends Error {
  override readonly name = "StillDetecting";
}

export type Answer = { readonly detection: Detection } | { readonly waiting: Waiting };

/** How often a job looks whether the call of another job has ended, and for how long it waits each time (milliseconds). */
const maxLooks = 15;
const pauseBefore = (look: number): number => Math.min(50 * 2 ** look, 1000);

/**
 * Asks the model at most once for the same bytes. An owner cannot see whether somebody else has the same picture: it uses
 * a unit of the owner's budget, and takes as long, as if it were the first one.
 */
export async function detectOnce(picture: Picture, holder: string, once: DetectingOnce): Promise<Answer> {
  const started = once.now();
  for (let look = 0; look < maxLooks; look += 1) {
    const known = await once.cache.read(picture);
    const { result } = known;
    if (result) {
      return useResult(picture, { ...known, result }, started, once);
    }
    if (!known.running && (await once.cache.begin(picture, known, holder))) {
      return call(picture, known, holder, once);
    }
    await once.pause(pauseBefore(look));
  }
  throw new StillDetecting();
}

async function useResult(
  picture: Picture,
  { own, result: { found, took } }: Known & { readonly result: Result },
  started: number,
  { budget, cache, counted, now, pause }: DetectingOnce,
): Promise<Answer> {
  const taken = await budget.take(picture, own ? "own result" : "result");
  if ("until" in taken) {
    return { waiting: taken };
  }
  if (!own) {
    await pause(Math.max(0, took - (now() - started)));
    await cache.own(picture);
  }
  counted(true);
  return { detection: found };
}

async function call(picture: Picture, known: Known, holder: string, once: DetectingOnce): Promise<Answer> {
  const { budget, cache, counted, now } = once;
  let ended = false;
  try {
    const taken = await budget.take(picture, "call");
    if ("until" in taken) {
      return { waiting: taken };
    }
    const started = now();
    const detection = await detectPaid(picture, taken, once);
    counted(false);
    if (!("mayPass" in detection && detection.mayPass)) {
      await cache.own(picture);
      await cache.end(picture, known, holder, resultOf(detection, now() - started));
      ended = true;
    }
    return { detection };
  } finally {
    if (!ended) {
      // If this fails too, the lease ends.
      await cache.abandon(picture, holder).catch(() => undefined);
    }
  }
}

/** A call that fails for a while is not paid. */
async function detectPaid({ key }: Picture, taken: Taken, { detect }: DetectingOnce): Promise<Detection> {
  try {
    return await detect(key);
  } catch (error) {
    await taken.giveBack();
    throw error;
  }
}

const resultOf = (detection: Detection, took: number): Result =>
  "error" in detection
    ? { found: { error: detection.error }, model: "", took }
    : { found: { labels: detection.labels }, model: detection.model ?? "", took };
