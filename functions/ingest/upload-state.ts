import { type Asset, type AssetState, labelTransitions, stateId, transitions } from "../../domain/asset.ts";
import { dueAt } from "../../domain/due.ts";
import { pictureTypes } from "../../domain/renditions.ts";
import type { AssetWrite } from "../shared/assets.ts";
import type { Verdict } from "./verify.ts";

/** The state of the upload. For a deleted asset, the state that it returns to when it is restored. */
export const uploadStateOf = ({ state, formerState }: Asset): AssetState => formerState ?? state;

/** Whether the upload has failed for good. Its object, if there is one, is removed. */
export const hasFailed = (asset: Asset): boolean =>
  uploadStateOf(asset) === transitions.reject.to || uploadStateOf(asset) === transitions.expire.to;

/** The write for a verdict on the bytes of an asset in CREATED. */
export function verdictWrite(asset: Asset, verdict: Verdict, now: number): AssetWrite {
  const { to } = verdict.kind === "rejected" ? transitions.reject : transitions.receive;
  return uploadStateWrite(asset, to, resultsOf(asset, verdict), now);
}

/** What a change of the upload means for labels and renditions. */
type Results = Pick<Asset, "labelStatus" | "labelError" | "renditions" | "labelledFrom">;

/**
 * The write that moves the upload to a new state. A deleted asset stays deleted and stores the new state for its
 * restoration. Only then does the relay queue a label job.
 */
export function uploadStateWrite(asset: Asset, to: AssetState, results: Results, now: number): AssetWrite {
  const deleted = asset.state === transitions.remove.to;
  const state = deleted
    ? { formerState: to, formerStateId: stateId(to, asset.id) }
    : { state: to, stateId: stateId(to, asset.id) };
  const due = dueAt({ state: deleted ? asset.state : to, ...results }, now);
  return {
    set: { ...state, ...results, dueAt: due },
    when: deleted ? "#state = :deleted AND #formerState = :from" : "#state = :from",
    values: { from: uploadStateOf(asset), ...(deleted && { deleted: asset.state }) },
  };
}

function resultsOf(asset: Asset, verdict: Verdict): Results {
  const renditions = pictureTypes.includes(asset.contentType) ? { renditions: "PENDING" as const } : {};
  switch (verdict.kind) {
    case "labellable":
      return { labelStatus: labelTransitions.queue.to, ...renditions };
    case "rendered":
      return { labelStatus: asset.labelStatus, labelledFrom: "RENDITION", ...renditions };
    case "skipped":
      return { labelStatus: labelTransitions.skip.to, labelError: verdict.error, ...renditions };
    case "rejected":
      return { labelStatus: asset.labelStatus, labelError: verdict.error };
  }
}
