import { openAsBlob } from "node:fs";
import { maxContentLength } from "../../domain/limits.ts";
import { DarkroomError, hashOf, upload } from "../../packages/client/src/index.ts";
import { type Found, nameOf, typeOf } from "./files.ts";
import type { Known } from "./known.ts";
import type { Account } from "./target.ts";

export type Outcome =
  | {
      readonly status: "uploaded" | "existing";
      readonly id: string;
      /** Another asset of the owner that has the same bytes. */
      readonly duplicateOf?: string;
    }
  /** Not sent, for a dry run. */
  | { readonly status: "new" }
  /** No picture, video or PDF. */
  | { readonly status: "skipped"; readonly reason: string }
  | { readonly status: "failed"; readonly code: string; readonly message: string };

export interface Observer {
  readonly start: (file: Found) => void;
  readonly progress: (file: Found, sent: number) => void;
  readonly end: (file: Found, outcome: Outcome) => void;
}

export interface Batch {
  readonly account: Account;
  readonly known: Known;
  readonly concurrency: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Every further file would meet them. */
const forAll = /^(QuotaExceeded|Unauthorized\w*|AccountErased|SignedOut|NotAuthorizedException)$/;

/** Uploads files, a few at a time. Throws an error that every further file would meet, and the signal's reason. */
export async function uploadFiles(files: Iterable<Found>, batch: Batch, observer: Observer): Promise<void> {
  const end = new AbortController();
  const signal = AbortSignal.any([batch.signal, end.signal]);
  // All lanes take from one iterator.
  const waiting = files[Symbol.iterator]();
  /** Files of the same bytes wait for the first of them. */
  const running = new Map<string, Promise<Outcome>>();
  const isAborted = () => signal.aborted;
  const lane = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      if (isAborted()) {
        return;
      }
      const file = next.value;
      observer.start(file);
      const outcome = await attempt(file, { ...batch, signal }, running, observer);
      // What was interrupted has no outcome.
      if (outcome.status !== "failed" || !isAborted()) {
        observer.end(file, outcome);
      }
      if (outcome.status === "failed" && forAll.test(outcome.code)) {
        end.abort(new DarkroomError(outcome.code, outcome.message));
      }
    }
  };
  await Promise.all(Array.from({ length: batch.concurrency }, lane));
  signal.throwIfAborted();
}

async function attempt(
  file: Found,
  batch: Batch,
  running: Map<string, Promise<Outcome>>,
  observer: Observer,
): Promise<Outcome> {
  try {
    const contentType = await typeOf(file.path);
    if (contentType === undefined) {
      return { status: "skipped", reason: "not a picture, a video or a PDF" };
    }
    if (file.size > maxContentLength) {
      return {
        status: "failed",
        code: "TooLarge",
        message: `it has more than ${maxContentLength} bytes (100 MiB)`,
      };
    }
    const sha256 = await knownHash(file, batch);
    const first = running.get(sha256);
    if (first) {
      const outcome = await first;
      return outcome.status === "uploaded" ? { ...outcome, status: "existing" } : outcome;
    }
    const sending = send({ ...file, contentType, sha256 }, batch, observer);
    running.set(sha256, sending);
    return await sending.finally(() => running.delete(sha256));
  } catch (error) {
    const code = error instanceof DarkroomError ? error.errorType : "Unreadable";
    return { status: "failed", code, message: error instanceof Error ? error.message : String(error) };
  }
}

async function knownHash(file: Found, { known, signal }: Batch): Promise<string> {
  const before = known.hashOf(file);
  if (before !== undefined) {
    return before;
  }
  const sha256 = await hashOf(await openAsBlob(file.path), signal);
  known.addHash(file, sha256);
  return sha256;
}

async function send(
  file: Found & { readonly contentType: string; readonly sha256: string },
  { account, known, dryRun, signal }: Batch,
  observer: Observer,
): Promise<Outcome> {
  const { path, contentType, sha256 } = file;
  const there = known.assetOf(sha256);
  if (there !== undefined) {
    return { status: "existing", id: there };
  }
  if (dryRun) {
    return { status: "new" };
  }
  const { asset, existing } = await upload(account.endpoint, await openAsBlob(path), {
    ...{ filename: nameOf(path), contentType, sha256, signal, until: "RECEIVED" },
    onProgress: (sent) => observer.progress(file, sent),
  });
  known.addAsset(sha256, asset.id);
  const { id, duplicateOf } = asset;
  return { status: existing ? "existing" : "uploaded", id, ...(duplicateOf && { duplicateOf }) };
}
