import { type Asset, type AssetError, type Label, labelTransitions, objectKey } from "../../domain/asset.ts";
import type { AssetKey, Assets } from "../shared/assets.ts";

/** What the relay puts on the queue: one labelling run of one asset. */
export interface LabelJob extends AssetKey {
  /** The asset's `labelRun` when labels were asked for. */
  readonly run: number;
}

/** Rekognition's answer: labels, or an error that no repetition will mend. */
export type Detection = { readonly labels: Label[] } | { readonly error: AssetError };

export interface Labelling {
  readonly assets: Assets;
  /** Throws what a repetition may mend: throttling, an outage. */
  readonly detect: (key: string) => Promise<Detection>;
  readonly now: () => number;
  /** How long a started job keeps others away, in milliseconds: longer than the function may run. */
  readonly lease: number;
}

export type Outcome = "labelled" | "failed" | "not due" | "overtaken";

/**
 * Runs one job. The row decides: a job that was delivered twice, that another is working on, or that a newer run
 * has overtaken, does nothing. `jobId` is the queue's message id, so that a job's own retry may go on.
 */
export async function label(job: LabelJob, jobId: string, labelling: Labelling): Promise<Outcome> {
  if (!(await claim(job, jobId, labelling))) {
    return "not due";
  }
  const detection = await labelling.detect(objectKey(job.ownerId, job.id));
  const settled = await settle(job, jobId, detection, labelling.assets);
  if (!settled) {
    return "overtaken";
  }
  return "error" in detection ? "failed" : "labelled";
}

/** A job that the queue gave up on: its asset must not wait for ever. */
export async function bury(job: LabelJob, assets: Assets): Promise<Outcome> {
  const { from, to } = labelTransitions.fail;
  const error: AssetError = {
    code: "LabellingUnavailable",
    message: "Labelling failed repeatedly; ask for it again",
  };
  const buried = await assets.update(job, {
    set: { labelStatus: to, labelError: error },
    remove: ["labelJob", "labelLease"],
    when: `#labelRun = :run AND ${oneOf("#labelStatus", from)}`,
    values: { run: job.run, ...named(from) },
  });
  return buried ? "failed" : "not due";
}

async function claim(job: LabelJob, jobId: string, { assets, now, lease }: Labelling): Promise<boolean> {
  const { from, to } = labelTransitions.start;
  return assets.update(job, {
    set: { labelStatus: to, labelJob: jobId, labelLease: now() + lease },
    when: [
      "#state <> :deleted",
      "#labelRun = :run",
      "(#labelStatus = :PENDING OR (#labelStatus = :RUNNING AND (#labelJob = :labelJob OR #labelLease < :now)))",
    ].join(" AND "),
    values: { deleted: "DELETED", run: job.run, now: now(), ...named(from) },
  });
}

/** Writes the result, unless the asset was deleted meanwhile: then labels stay due for its restoration. */
async function settle(job: LabelJob, jobId: string, detection: Detection, assets: Assets): Promise<boolean> {
  const mine = "#labelJob = :job AND #labelStatus = :running";
  const values = { job: jobId, running: labelTransitions.finish.from[0], deleted: "DELETED" };
  const done =
    "error" in detection
      ? { labelStatus: labelTransitions.fail.to, labelError: detection.error }
      : { labelStatus: labelTransitions.finish.to, labels: detection.labels };
  const remove: (keyof Asset)[] = ["labelJob", "labelLease"];
  if (await assets.update(job, { set: done, remove, when: `#state <> :deleted AND ${mine}`, values })) {
    return true;
  }
  await assets.update(job, {
    set: { labelStatus: labelTransitions.queue.to },
    remove,
    when: `#state = :deleted AND ${mine}`,
    values,
  });
  return false;
}

const oneOf = (attribute: string, values: readonly string[]): string =>
  `${attribute} IN (${values.map((value) => `:${value}`).join(", ")})`;

const named = (values: readonly string[]): Record<string, string> =>
  Object.fromEntries(values.map((value) => [value, value]));
