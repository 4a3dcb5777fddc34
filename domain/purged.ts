import type { RowKey } from "./messages.ts";

/**
 * Partition of the purged assets in the table of client tokens. It cannot be a user's id. An upload that started before
 * its asset was purged can end after it, and its object is removed because of this row.
 */
export const purgedAssets = "#purged";

/** Sort key of a purged asset. */
export const purgedKey = ({ ownerId, id }: RowKey): string => `${ownerId}/${id}`;
