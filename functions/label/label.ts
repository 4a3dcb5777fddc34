import { randomUUID } from "node:crypto";
import {
  type Asset,
  type AssetError,
  type LabelStatus,
  labelTransitions,
  objectKey,
  type RenditionStatus,
} from "../../domain/asset.ts";
import { dueAt, type Situation } from "../../domain/due.ts";
import type { LabelJob } from "../../domain/messages.ts";
import { renditionKey } from "../../domain/renditions.ts";
import type { Assets } from "../shared/assets.ts";
import type { Condition } from "../shared/conditional.ts";
import { contentOf, type Contents } from "../shared/contents.ts";
import type { Waiting } from "./budget.ts";
import { type Question, resultKey } from "./cache.ts";
import type { Detection } from "./detection.ts";
import { type Answer, detectOnce, type DetectingOnce } from "./once.ts";

/** An error that counts as permanent only after the last try. */
export class NotYetReadable extends Error {
  override readonly name = "NotYetReadable";
}

export interface Labelling extends DetectingOnce {
  readonly assets: Assets;
  readonly contents: Pick<Contents, "register">;
  /** Reads an object. Returns its SHA-256 in base64, or why it cannot be read. */
  readonly hash: (key: string) => Promise<string | Detection>;
  readonly question: Question;
  /** How long a started job excludes others, in milliseconds. Longer than the function's timeout. */
  readonly lease: number;
}

/** One try of a job. */
export interface Try {
  /** The message id. A retry of the same job has the same id. */
  readonly jobId: string;
  /** Whether the job goes to the dead-letter queue if this try fails. */
  readonly last: boolean;
}

export type Outcome = "labelled" | "failed" | "not due" | "overtaken" | "waits";

/**
 * Runs one job. A job does nothing if it was already done, if another job is labelling the asset, or if labelling was
 * requested again.
 */
export async function label(job: LabelJob, { jobId, last }: Try, labelling: Labelling): Promise<Outcome> {
  // A queue can deliver one message to two readers at the same time. Each has its own holder id, so the second one waits.
  const holder = `${jobId} ${randomUUID()}`;
  const asset = await claim(job, jobId, holder, labelling);
  if (!asset) {
    return "not due";
  }
  try {
    const answer = await answerFor(asset, holder, labelling);
    if (!answer) {
      return "overtaken";
    }
    if ("waiting" in answer) {
      await putOff(asset, holder, answer.waiting, labelling.assets);
      return "waits";
    }
    const { detection } = answer;
    if ("error" in detection && detection.mayPass && !last) {
      throw new NotYetReadable(detection.error.code);
    }
    const settled = await settle(asset, holder, answer, labelling);
    if (!settled) {
      return "overtaken";
    }
    return "error" in detection ? "failed" : "labelled";
  } catch (error) {
    await endLease(job, jobId, holder, labelling.assets);
    throw error;
  }
}

type AnswerForAsset = Answer & { readonly duplicateOf?: string | undefined };

/** Undefined if another job has taken over. */
async function answerFor(
  asset: Asset,
  holder: string,
  labelling: Labelling,
): Promise<AnswerForAsset | undefined> {
  const sha256 = contentOf(asset) ?? (await learnContent(asset, holder, labelling));
  if (typeof sha256 !== "string") {
    return sha256 && { detection: sha256 };
  }
  const duplicateOf = asset.duplicateOf ?? (await labelling.contents.register(asset, sha256));
  const { ownerId, id } = asset;
  const picture = {
    ownerId,
    id,
    sha256,
    key: pictureOf(asset),
    result: resultKey(asset, labelling.question),
  };
  return { ...(await detectOnce(picture, holder, labelling)), duplicateOf };
}

/** The row has the hash before anything else does, so that a purge finds what belongs to the asset. */
async function learnContent(
  asset: Asset,
  holder: string,
  { assets, hash }: Labelling,
): Promise<string | Detection | undefined> {
  const contentHash = await hash(objectKey(asset.ownerId, asset.id));
  if (typeof contentHash !== "string") {
    return contentHash;
  }
  const write = { set: { contentHash }, when: "#labelJob = :holder", values: { holder } };
  return (await assets.update(asset, write)) ? contentHash : undefined;
}

/** The sweep queues the job again when it is due. */
async function putOff(
  asset: Asset,
  holder: string,
  { error, until }: Waiting,
  assets: Assets,
): Promise<void> {
  const { from, to } = labelTransitions.wait;
  await assets.update(asset, {
    set: { labelStatus: to, labelError: error, dueAt: until },
    remove: ["labelJob", "labelLease"],
    when: "#labelJob = :holder AND #labelStatus = :running",
    values: { holder, running: from[0] },
  });
}

/** Marks the asset of a dead-lettered job as FAILED, unless another job of the same run works. */
export async function recordFailure(
  job: LabelJob,
  jobId: string,
  { assets, now }: Pick<Labelling, "assets" | "now">,
): Promise<Outcome> {
  const { to } = labelTransitions.fail;
  const error: AssetError = {
    code: "LabellingUnavailable",
    message: "Labelling failed repeatedly; request it again",
  };
  const written = await assets.update(job, {
    // The row is not read: its renditions may not be made yet.
    set: { labelStatus: to, labelError: error, dueAt: dueOf(to, now(), { renditions: "PENDING" }) },
    remove: ["labelJob", "labelLease"],
    when: itsTurn,
    values: turnOf(job, jobId, now()),
  });
  return written ? "failed" : "not due";
}

/** The key of the picture that Rekognition gets. */
const pictureOf = ({ ownerId, id, labelledFrom }: Asset): string =>
  labelledFrom ? renditionKey(ownerId, id, "LABEL") : objectKey(ownerId, id);

async function claim(
  job: LabelJob,
  jobId: string,
  holder: string,
  { assets, now, lease }: Labelling,
): Promise<Asset | undefined> {
  const { to } = labelTransitions.start;
  const labelLease = now() + lease;
  return assets.change(job, {
    set: { labelStatus: to, labelJob: holder, labelLease, dueAt: dueOf(to, now(), { labelLease }) },
    // From when the run had to wait.
    remove: ["labelError"],
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
 * The first job of a run claims it. Until the lease ends, only retries of this job can continue, one at a time: the sweep
 * can have sent a second job. `holder` is the try itself, because the SDK repeats a claim whose answer was lost.
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

/** Writes the result. If the asset was deleted meanwhile, its labels become PENDING, for a restoration. */
async function settle(
  asset: Asset,
  holder: string,
  { detection, duplicateOf }: { readonly detection: Detection; readonly duplicateOf?: string | undefined },
  { assets, now }: Labelling,
): Promise<boolean> {
  const mine = "#labelJob = :job AND #labelStatus = :running";
  const values = { job: holder, running: labelTransitions.finish.from[0], deleted: "DELETED" };
  const done =
    "error" in detection
      ? { labelStatus: labelTransitions.fail.to, labelError: detection.error }
      : { labelStatus: labelTransitions.finish.to, labels: detection.labels };
  const duplicate = duplicateOf === undefined ? {} : { duplicateOf };
  const remove: (keyof Asset)[] = ["labelJob", "labelLease"];
  const write = (renditions: RenditionStatus, condition: Condition) =>
    assets.update(asset, {
      set: { ...done, ...duplicate, dueAt: dueOf(done.labelStatus, now(), { renditions }) },
      remove,
      when: `#state <> :deleted AND ${condition.when}`,
      values: { ...values, ...condition.values },
    });
  // Renditions that are not made yet are due sooner. They may have been made since the claim.
  const pending =
    asset.renditions === "PENDING" &&
    (await write("PENDING", { when: `${mine} AND #renditions = :pending`, values: { pending: "PENDING" } }));
  if (pending || (await write("DONE", { when: mine }))) {
    return true;
  }
  // The deletion has set the due time.
  await assets.update(asset, {
    set: { labelStatus: labelTransitions.queue.to },
    remove,
    when: `#state = :deleted AND ${mine}`,
    values,
  });
  return false;
}

/** The due time is the same for RECEIVED and UPLOADED. */
const dueOf = (
  labelStatus: LabelStatus,
  now: number,
  more: Pick<Situation, "labelLease" | "renditions">,
): number => dueAt({ state: "RECEIVED", labelStatus, ...more }, now);
