import { type Asset, type AssetState, labelTransitions, stateId, transitions } from "../../domain/asset.ts";
import { dueAt } from "../../domain/due.ts";
import type { AssetWrite } from "../shared/assets.ts";
import type { Verdict } from "./verify.ts";

/** The state of the upload. For a deleted asset, the state that it returns to when it is restored. */
export const uploadStateOf = ({ state, formerState }: Asset): AssetState => formerState ?? state;

/** The write for a verdict on the bytes of an asset in CREATED. */
export function verdictWrite(asset: Asset, verdict: Verdict, now: number): AssetWrite {
  const { to } = verdict.kind === "rejected" ? transitions.reject : transitions.receive;
  return uploadStateWrite(asset, to, labelsOf(asset, verdict), now);
}

/**
 * The write that moves the upload to a new state. A deleted asset stays deleted and stores the new state for its
 * restoration. Only then does the relay queue a label job.
 */
export function uploadStateWrite(
  asset: Asset,
  to: AssetState,
  labels: Pick<Asset, "labelStatus" | "labelError">,
  now: number,
): AssetWrite {
  const deleted = asset.state === transitions.remove.to;
  const state = deleted
    ? { formerState: to, formerStateId: stateId(to, asset.id) }
    : { state: to, stateId: stateId(to, asset.id) };
  const due = dueAt({ state: deleted ? asset.state : to, labelStatus: labels.labelStatus }, now);
  return {
    set: { ...state, ...labels, dueAt: due },
    when: deleted ? "#state = :deleted AND #formerState = :from" : "#state = :from",
    values: { from: uploadStateOf(asset), ...(deleted && { deleted: asset.state }) },
  };
}

function labelsOf(asset: Asset, verdict: Verdict): Pick<Asset, "labelStatus" | "labelError"> {
  switch (verdict.kind) {
    case "labellable":
      return { labelStatus: labelTransitions.queue.to };
    case "skipped":
      return { labelStatus: labelTransitions.skip.to, labelError: verdict.error };
    case "rejected":
      return { labelStatus: asset.labelStatus, labelError: verdict.error };
  }
}
