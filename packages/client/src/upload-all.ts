import type { Endpoint } from "./api.ts";
import { upload, type Uploaded, type UploadOptions } from "./upload.ts";

export interface UploadItem extends UploadOptions {
  /** A function opens the file when its turn comes. */
  readonly file: Blob | (() => Promise<Blob>);
}

export type Outcome =
  | ({ readonly status: "uploaded" } & Uploaded)
  /** `error` is a `DarkroomError`, or what opening and reading the file threw, or the reason of a signal. */
  | { readonly status: "failed"; readonly error: unknown };

export interface UploadAllOptions {
  /** Uploads at the same time. Default 4. */
  readonly concurrency?: number;
  /** Ends the batch: the uploads under way and those that wait fail with its reason. An item's own signal ends that. */
  readonly signal?: AbortSignal;
  /** Called when an upload has succeeded or failed, with its place among the items. */
  readonly onOutcome?: (outcome: Outcome, index: number) => void;
}

/**
 * Uploads files, a few at a time. A failure does not stop the others. The outcomes are in the order of the items. The
 * same batch again, after an interruption, sends only what is missing.
 */
export async function uploadAll(
  endpoint: Endpoint,
  items: readonly UploadItem[],
  { concurrency = 4, signal, onOutcome }: UploadAllOptions = {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  // All lanes take from one iterator.
  const waiting = items.entries();
  const lane = async () => {
    for (const [index, item] of waiting) {
      const outcome = await attempt(endpoint, item, signal);
      outcomes[index] = outcome;
      onOutcome?.(outcome, index);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return outcomes;
}

async function attempt(
  endpoint: Endpoint,
  item: UploadItem,
  batch: AbortSignal | undefined,
): Promise<Outcome> {
  const signals = [item.signal, batch].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(signals);
  try {
    signal.throwIfAborted();
    const file = typeof item.file === "function" ? await item.file() : item.file;
    return { status: "uploaded", ...(await upload(endpoint, file, { ...item, signal })) };
  } catch (error) {
    return { status: "failed", error };
  }
}
