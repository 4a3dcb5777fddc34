import { util } from "@aws-appsync/utils";
import { erasureId, type ErasureRow, isErasing } from "../../domain/erasure.ts";
import type { Erasure } from "../../domain/schema.ts";

export const erasureKey = (userId: string) => util.dynamodb.toMapValues({ ownerId: userId, id: erasureId });

/** Raises the error for a user who is being erased, or was. */
export function refuseErasing(erasure: ErasureRow | null): void {
  if (erasure && isErasing(erasure)) {
    const message =
      erasure.status === "REQUESTED"
        ? `The account is to be erased; cancelErasure can stop this until ${erasure.graceEndsAt}`
        : "The account was erased";
    util.error(message, "AccountErased");
  }
}

/** The fields of an erasure that the user and admins may see. */
export const erasureView = (row: ErasureRow): Erasure => ({
  userId: row.ownerId,
  status: row.status,
  requestedAt: row.requestedAt,
  dueAt: row.graceEndsAt,
  finishedAt: row.finishedAt ?? null,
  removed: row.removed ? Object.entries(row.removed).map(([what, count]) => ({ what, count })) : null,
});
