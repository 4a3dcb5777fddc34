import { type Asset, type AssetState, labelTransitions, stateId, transitions } from "../../domain/asset.ts";
import { dueAt } from "../../domain/due.ts";
import type { AssetWrite } from "../shared/assets.ts";
import type { Verdict } from "./verify.ts";

/** What became of an asset's object: of a deleted asset, what it would be if it were restored. */
export const fateOf = ({ state, formerState }: Asset): AssetState => formerState ?? state;

/** The write that a verdict over the bytes of a waiting asset's object leads to. */
export function verdictWrite(asset: Asset, verdict: Verdict, now: number): AssetWrite {
  const { to } = verdict.kind === "rejected" ? transitions.reject : transitions.receive;
  return fateWrite(asset, to, labelsOf(asset, verdict), now);
}

/**
 * A waiting asset's object came to something. A deleted asset stays deleted, but what came of its upload is kept
 * for the day that it is restored: the relay asks for labels then, not now.
 */
export function fateWrite(
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
    values: { from: fateOf(asset), ...(deleted && { deleted: asset.state }) },
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
