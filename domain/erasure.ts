import type { ErasureStatus } from "./schema.ts";

export type { ErasureStatus } from "./schema.ts";

/** What an erasure removes, as its receipt names it. */
export type Erased =
  | "signIn"
  | "profile"
  | "assets"
  | "objectVersions"
  | "labels"
  | "events"
  | "callbacks"
  | "clientTokens"
  | "usage";

/** A row of the table of erasures. It has no data of the user beyond the id. */
export interface ErasureRow {
  /** The user's id. */
  ownerId: string;
  /** `erasureId` */
  id: string;
  status: ErasureStatus;
  /** ISO 8601. */
  requestedAt: string;
  /** Until then it can be cancelled (ISO 8601). */
  graceEndsAt: string;
  finishedAt?: string;
  /** What there was when the erasure began to run. */
  removed?: Partial<Record<Erased, number>>;
  /** When a second pass removes what other functions wrote during the first one (epoch milliseconds). */
  settlesAt?: number;
  /** Partition and sort key (epoch milliseconds) of the index of due rows; absent when it is over. */
  dueShard?: string;
  dueAt?: number;
}

/** Key of a user's erasure in the partition of the user. */
export const erasureId = "erasure";

/** One partition of the index of due rows, because erasures are rare. */
export const erasureShard = "0";

/** True from the request until it is cancelled. Nothing of the user is served or published then. */
export const isErasing = (erasure: Pick<ErasureRow, "status"> | null | undefined): boolean =>
  !!erasure && erasure.status !== "CANCELLED";

/** True once it cannot be cancelled any more. Nothing of the user is written then. */
export const isErased = (erasure: Pick<ErasureRow, "status"> | null | undefined): boolean =>
  !!erasure && (erasure.status === "RUNNING" || erasure.status === "DONE");
