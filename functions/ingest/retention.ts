import { type Asset, transitions } from "../../domain/asset.ts";
import { purgeRequest } from "../../domain/purged.ts";
import type { AssetWrite } from "../shared/assets.ts";

/** How long assets are kept after their last change, in days. 0: forever. */
export interface Retention {
  readonly deletedDays: number;
  /** For REJECTED and EXPIRED. */
  readonly failedDays: number;
}

const day = 86_400_000;

/** Whether an asset of this state is kept for a limited time only, if the stack limits it. */
export const isPassing = ({ state }: Pick<Asset, "state">): boolean => passing.includes(state);

const passing = [transitions.remove.to, transitions.reject.to, transitions.expire.to];

/** When the asset is purged (epoch milliseconds). Undefined if it is kept. */
export function keptUntil(asset: Asset, { deletedDays, failedDays }: Retention): number | undefined {
  if (!isPassing(asset)) {
    return undefined;
  }
  const days = asset.state === transitions.remove.to ? deletedDays : failedDays;
  return days === 0 ? undefined : Date.parse(asset.updatedAt) + days * day;
}

/** Requests the purge of an asset that has not changed since it was read. */
export function purgeWrite({ version }: Asset, now: number): AssetWrite {
  const { set, remove } = purgeRequest(new Date(now).toISOString(), now);
  return { set, remove, when: "#version = :version", values: { version } };
}
