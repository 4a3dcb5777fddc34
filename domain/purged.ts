import { type Asset, transitions } from "./asset.ts";
import { dueAt } from "./due.ts";
import type { RowKey } from "./messages.ts";

/** The change of an asset's row that requests its purge. From then on the asset is in no list. */
export function purgeRequest(purgeRequestedAt: string, now: number) {
  const { to: state } = transitions.remove;
  const remove: (keyof Asset)[] = ["liveId", "stateId", "formerState", "formerStateId"];
  return {
    set: { state, purgeRequestedAt, dueAt: dueAt({ state, labelStatus: "NONE", purgeRequestedAt }, now) },
    remove,
  };
}

/**
 * Partition of the purged assets in the table of client tokens. It cannot be a user's id. An upload that started before
 * its asset was purged can end after it, and its object is removed because of this row.
 */
export const purgedAssets = "#purged";

/** Sort key of a purged asset. */
export const purgedKey = ({ ownerId, id }: RowKey): string => `${ownerId}/${id}`;
