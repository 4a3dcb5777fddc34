import type { AssetState, LabelStatus } from "./asset.ts";

/**
 * Each row says when somebody must look at it next (`dueAt`), whatever becomes of the messages that should move it:
 * the sweep reads a sparse index of these times. Every writer of a state or of labels sets the time by `dueAt`;
 * but for a confirmation, after which nothing else is waited for than before.
 */

/** What decides the next look. Times are epoch milliseconds. */
export interface Situation {
  readonly state: AssetState;
  readonly labelStatus: LabelStatus;
  /** Counts for CREATED. */
  readonly uploadExpiresAt?: number;
  /** Counts for RUNNING. */
  readonly labelLease?: number;
}

const minute = 60_000;
const day = 1440 * minute;

export const wait = {
  /** An upload that began before its URL lapsed may still be running. */
  upload: minute,
  /**
   * A job waits seconds, unless thousands wait before it. Then a second message is only a failed condition more,
   * and a lost one costs its owner no more than this.
   */
  labels: 5 * minute,
  /**
   * After the end of the lease. A job that died comes again by itself when its message is visible again, three
   * minutes after it was received and two after its lease ended: taking it over before would start the count of
   * its tries anew, and a picture that kills the function would be tried for ever.
   */
  lease: 5 * minute,
  /** Nothing is on its way: the row is compared with its object. */
  audit: 7 * day,
  /**
   * DynamoDB restores a table to any time of the last 35 days: so long a row that is missing may come back, and its
   * object is kept for it.
   */
  restore: 35 * day,
  /** An upload of hours may complete long after its row expired. */
  late: day,
  /** From one look to the next if the first came to nothing: as long as a queue may take to give a message up. */
  again: 15 * minute,
};

/** The partition of the index that an asset is in: one for all would be a hot one. */
export const dueShard = (id: string): string => `${symbols.indexOf(id.slice(-1)) % dueShards}`;

export const dueShards = 8;

const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** When an asset that is so must be looked at next. */
export function dueAt(asset: Situation, now: number): number {
  switch (asset.state) {
    case "CREATED":
      return (asset.uploadExpiresAt ?? now) + wait.upload;
    case "EXPIRED":
      return now + wait.late;
    case "DELETED":
      return now + wait.audit;
    default:
      return dueOfLabels(asset, now);
  }
}

function dueOfLabels({ labelStatus, labelLease }: Situation, now: number): number {
  switch (labelStatus) {
    case "PENDING":
      return now + wait.labels;
    case "RUNNING":
      return (labelLease ?? now) + wait.lease;
    default:
      return now + wait.audit;
  }
}
