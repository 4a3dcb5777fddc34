import { type Erased, type ErasureRow } from "../../domain/erasure.ts";
import type { EraseJob } from "../../domain/messages.ts";
import type { Erasures } from "../shared/erasures.ts";

/** One place that holds data of users. */
export interface Store {
  readonly holds: Erased;
  /** How much it holds of a user. */
  count(userId: string): Promise<number>;
  /** Removes everything of a user, unless the time is over before. */
  remove(userId: string, hasTime: () => boolean): Promise<unknown>;
}

export interface Erasing {
  readonly erasures: Erasures;
  /** In the order in which they are emptied. */
  readonly stores: readonly Store[];
  /** False shortly before the function is stopped. */
  readonly hasTime: () => boolean;
  /** Queues a job with a delay of up to 900 seconds. */
  readonly queue: (job: EraseJob, seconds: number) => Promise<void>;
  readonly now: () => number;
}

/** `settling`: everything was removed, and a second pass is to come. */
export type Outcome = "not due" | "continues" | "settling" | "done";

/**
 * How long the second pass waits (milliseconds): longer than any function runs. A function that had read the user's rows
 * before they were removed can still write one.
 */
export const settleTime = 120_000;

/**
 * Erases a user whose grace period is over. Each step may be repeated, and the sweep repeats a job that crashed. What
 * there is to remove is counted once, before anything is removed.
 */
export async function erase({ ownerId }: EraseJob, erasing: Erasing): Promise<Outcome> {
  const { erasures, hasTime, now, queue } = erasing;
  const erasure = await erasures.get(ownerId);
  if (!erasure || !(await begin(erasure, erasing))) {
    return "not due";
  }
  await countOnce(erasure, erasing);
  for (const store of erasing.stores) {
    if (hasTime()) {
      await store.remove(ownerId, hasTime);
    }
    if (!hasTime()) {
      await queue({ ownerId, id: erasure.id }, 0);
      return "continues";
    }
  }
  if (erasure.settlesAt === undefined) {
    const settlesAt = now() + settleTime;
    await erasures.update(ownerId, { set: { settlesAt, dueAt: settlesAt } }, isRunning);
    await queue({ ownerId, id: erasure.id }, settleTime / 1000);
    return "settling";
  }
  const finishedAt = new Date(now()).toISOString();
  await erasures.update(
    ownerId,
    { set: { status: "DONE", finishedAt }, remove: ["dueShard", "dueAt", "settlesAt"] },
    isRunning,
  );
  return "done";
}

const isRunning = { when: "#status = :running", values: { running: "RUNNING" } };

/** After this write the erasure cannot be cancelled. False if it is not due. */
async function begin(
  { ownerId, status, graceEndsAt, settlesAt = 0 }: ErasureRow,
  { erasures, now }: Erasing,
): Promise<boolean> {
  if (status === "RUNNING") {
    return settlesAt <= now();
  }
  if (status !== "REQUESTED" || Date.parse(graceEndsAt) > now()) {
    return false;
  }
  return erasures.update(
    ownerId,
    { set: { status: "RUNNING" } },
    {
      when: "#status = :requested AND #graceEndsAt = :seen",
      values: { requested: status, seen: graceEndsAt },
    },
  );
}

async function countOnce({ ownerId, removed }: ErasureRow, { erasures, stores }: Erasing): Promise<void> {
  if (removed) {
    return;
  }
  const counts = await Promise.all(
    stores.map(async (store) => [store.holds, await store.count(ownerId)] as const),
  );
  const totals: Partial<Record<Erased, number>> = {};
  for (const [holds, count] of counts) {
    totals[holds] = (totals[holds] ?? 0) + count;
  }
  await erasures.update(
    ownerId,
    { set: { removed: totals } },
    { when: "#status = :running AND attribute_not_exists(#removed)", values: isRunning.values },
  );
}
