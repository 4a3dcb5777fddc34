import { randomUUID } from "node:crypto";
import {
  type Asset,
  type AssetError,
  type Label,
  type LabelStatus,
  labelTransitions,
  objectKey,
} from "../../domain/asset.ts";
import { dueAt } from "../../domain/due.ts";
import type { LabelJob } from "../../domain/messages.ts";
import type { Assets } from "../shared/assets.ts";

/** Rekognition's answer: labels, or an error that is final. `mayPass`: it is final only after the last try. */
export type Detection =
  { readonly labels: Label[] } | { readonly error: AssetError; readonly mayPass?: boolean };

/** An answer that is not taken as final yet. */
export class NotYetReadable extends Error {
  override readonly name = "NotYetReadable";
}

export interface Labelling {
  readonly assets: Assets;
  /** Throws what a repetition may mend: throttling, an outage. */
  readonly detect: (key: string) => Promise<Detection>;
  readonly now: () => number;
  /** How long a started job keeps others away, in milliseconds: longer than the function may run. */
  readonly lease: number;
}

/** A job as the queue gives it. */
export interface Try {
  /** The queue's message id, so that a job's own retry may go on. */
  readonly jobId: string;
  /** Whether the queue gives the job up after this try. */
  readonly last: boolean;
}

export type Outcome = "labelled" | "failed" | "not due" | "overtaken";

/**
 * Runs one job. The row decides: a job that was delivered twice, that another is working on, or that a newer run
 * has overtaken, does nothing.
 */
export async function label(job: LabelJob, { jobId, last }: Try, labelling: Labelling): Promise<Outcome> {
  // A queue may hand one message to two readers at once: each is another holder, and the second has to wait.
  const holder = `${jobId} ${randomUUID()}`;
  if (!(await claim(job, jobId, holder, labelling))) {
    return "not due";
  }
  try {
    const detection = await labelling.detect(objectKey(job.ownerId, job.id));
    if ("error" in detection && detection.mayPass && !last) {
      throw new NotYetReadable(detection.error.code);
    }
    const settled = await settle(job, holder, detection, labelling);
    if (!settled) {
      return "overtaken";
    }
    return "error" in detection ? "failed" : "labelled";
  } catch (error) {
    await endLease(job, jobId, holder, labelling.assets);
    throw error;
  }
}

/** Marks the asset of a dead-lettered job as FAILED, unless another job of the same run is at work. */
export async function recordFailure(
  job: LabelJob,
  jobId: string,
  { assets, now }: Pick<Labelling, "assets" | "now">,
): Promise<Outcome> {
  const { to } = labelTransitions.fail;
  const error: AssetError = {
    code: "LabellingUnavailable",
    message: "Labelling failed repeatedly; ask for it again",
  };
  const written = await assets.update(job, {
    set: { labelStatus: to, labelError: error, dueAt: dueOf(to, now()) },
    remove: ["labelJob", "labelLease"],
    when: itsTurn,
    values: turnOf(job, jobId, now()),
  });
  return written ? "failed" : "not due";
}

async function claim(
  job: LabelJob,
  jobId: string,
  holder: string,
  { assets, now, lease }: Labelling,
): Promise<boolean> {
  const { to } = labelTransitions.start;
  const labelLease = now() + lease;
  return assets.update(job, {
    set: { labelStatus: to, labelJob: holder, labelLease, dueAt: dueOf(to, now(), labelLease) },
    when: `#state <> :deleted AND ${itsTurn}`,
    values: { deleted: "DELETED", ...turnOf(job, jobId, now(), holder) },
  });
}

/** Lets the job's own retry start before the lease ends. */
async function endLease(job: LabelJob, jobId: string, holder: string, assets: Assets): Promise<void> {
  const write = { set: { labelJob: jobId }, when: "#labelJob = :holder", values: { holder } };
  // The error of the run matters more than one of this write. Without the write, the sweep queues the job again.
  await assets.update(job, write).catch(() => undefined);
}

/**
 * A run is whoever's comes first, and then its own job's, one try at a time, until the lease ends: the sweep may
 * have sent a second. `holder` is the try itself, whose claim the SDK repeats if the answer was lost.
 */
const itsTurn =
  "#labelRun = :run AND (#labelStatus = :PENDING OR (#labelStatus = :RUNNING AND (#labelJob IN (:job, :holder) OR #labelLease < :now)))";

const turnOf = (job: LabelJob, jobId: string, now: number, holder = jobId): Record<string, unknown> => ({
  run: job.run,
  job: jobId,
  holder,
  now,
  ...Object.fromEntries(labelTransitions.start.from.map((status) => [status, status])),
});

/** Writes the result, unless the asset was deleted meanwhile: then labels stay due for its restoration. */
async function settle(
  job: LabelJob,
  holder: string,
  detection: Detection,
  { assets, now }: Labelling,
): Promise<boolean> {
  const mine = "#labelJob = :job AND #labelStatus = :running";
  const values = { job: holder, running: labelTransitions.finish.from[0], deleted: "DELETED" };
  const done =
    "error" in detection
      ? { labelStatus: labelTransitions.fail.to, labelError: detection.error }
      : { labelStatus: labelTransitions.finish.to, labels: detection.labels };
  const remove: (keyof Asset)[] = ["labelJob", "labelLease"];
  const set = { ...done, dueAt: dueOf(done.labelStatus, now()) };
  if (await assets.update(job, { set, remove, when: `#state <> :deleted AND ${mine}`, values })) {
    return true;
  }
  // When a deleted asset is due, its deletion has said.
  await assets.update(job, {
    set: { labelStatus: labelTransitions.queue.to },
    remove,
    when: `#state = :deleted AND ${mine}`,
    values,
  });
  return false;
}

/** Labels are for what was received, or confirmed since: that makes no difference here. */
const dueOf = (labelStatus: LabelStatus, now: number, labelLease = now): number =>
  dueAt({ state: "RECEIVED", labelStatus, labelLease }, now);
