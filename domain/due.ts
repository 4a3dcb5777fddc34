import type { AssetState, LabelStatus, RenditionStatus } from "./asset.ts";

/**
 * Each row has the time of its next check (`dueAt`), so that a lost message cannot leave it stuck. The sweep reads a
 * sparse index of these times. Every write of a state or label status sets `dueAt`. Only confirmUpload does not,
 * because the next step stays the same.
 */

/** What the next check depends on. Times are epoch milliseconds. */
export interface Situation {
  readonly state: AssetState;
  readonly labelStatus: LabelStatus;
  /** Used for CREATED. */
  readonly uploadExpiresAt?: number;
  /** Used for RUNNING. */
  readonly labelLease?: number;
  readonly purgeRequestedAt?: string | undefined;
  readonly renditions?: RenditionStatus;
}

const minute = 60_000;
const day = 1440 * minute;

export const wait = {
  /** An upload that started before its URL expired can still be running. */
  upload: minute,
  /**
   * A job usually starts within seconds. After a burst it can wait longer; a second message then only fails a
   * condition. If the message was lost, this is the delay.
   */
  labels: 5 * minute,
  /**
   * After the end of the lease. The message of a dead job is visible again three minutes after it was received, two
   * minutes after the lease ended. An earlier check would send a new message, whose receive count starts at zero, and
   * a picture that crashes the function would be tried forever.
   */
  lease: 5 * minute,
  /** The same as for labels. */
  renditions: 5 * minute,
  /** No message is expected. The row is compared with its object; see `settledWait` for later comparisons. */
  audit: 7 * day,
  /** The longest time between two comparisons of a row with its object. */
  maxAudit: 180 * day,
  /** The check knows how long the stack keeps such assets. What writes the state does not. */
  retention: day,
  /**
   * DynamoDB can restore a table to any time of the last 35 days. For as long, a missing row can come back, so its
   * object is kept.
   */
  restore: 35 * day,
  /** An upload that takes hours can end long after its row expired. */
  late: day,
  /** Time until the next check if the previous one had no effect. A queue gives up on a message within this time. */
  again: 15 * minute,
};

/** The index partition of an asset. A single partition for all assets would be hot. */
export const dueShard = (id: string): string => `${symbols.indexOf(id.slice(-1)) % dueShards}`;

export const dueShards = 8;

const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** True if no message, no upload and no purge is expected: only a comparison with the object is left to do. */
export const isSettled = ({
  state,
  labelStatus,
  renditions,
}: Pick<Situation, "state" | "labelStatus" | "renditions">): boolean =>
  (state === "RECEIVED" || state === "UPLOADED") &&
  labelStatus !== "PENDING" &&
  labelStatus !== "RUNNING" &&
  renditions !== "PENDING";

/**
 * Milliseconds until a settled row that is compared now is compared again: as long as the asset exists already. A message
 * that was lost was lost when the asset was new, and each comparison costs writes.
 */
export function settledWait(id: string, now: number): number {
  return Math.min(Math.max(now - createdAt(id), wait.audit), wait.maxAudit);
}

/** The time in a ULID, in epoch milliseconds. */
const createdAt = (id: string): number =>
  id
    .slice(0, 10)
    .split("")
    .reduce((time, symbol) => time * 32 + symbols.indexOf(symbol), 0);

/** Time of the next check (epoch milliseconds). */
export function dueAt(asset: Situation, now: number): number {
  if (asset.purgeRequestedAt) {
    return now + wait.again;
  }
  switch (asset.state) {
    case "CREATED":
      return (asset.uploadExpiresAt ?? now) + wait.upload;
    case "EXPIRED":
      return now + wait.late;
    case "DELETED":
    case "REJECTED":
      return now + wait.retention;
    default:
      return dueOfLabels(asset, now);
  }
}

function dueOfLabels({ labelStatus, labelLease, renditions }: Situation, now: number): number {
  switch (labelStatus) {
    case "PENDING":
      return now + wait.labels;
    case "RUNNING":
      return (labelLease ?? now) + wait.lease;
    default:
      return now + (renditions === "PENDING" ? wait.renditions : wait.audit);
  }
}
