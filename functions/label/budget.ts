import type { AssetError } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";
import { everybody, labelledId } from "../../domain/usage.ts";
import { type Counters, dayAt, nextDay } from "../shared/counters.ts";

/** Why a picture has to wait, and until when (epoch milliseconds). */
export interface Waiting {
  readonly error: AssetError;
  readonly until: number;
  /** Whether the budget of everybody is used up, and not that of the owner alone. */
  readonly everybody?: true;
}

/**
 * What labels are taken from. A `call` of DetectLabels uses a unit of its owner and one of everybody. A `result` of
 * another owner's call uses the owner's unit, and waits like a call while everybody's budget is used up: otherwise the
 * owner could see that somebody has the same picture. An `own result` uses none.
 */
export type Source = "call" | "result" | "own result";

/** What may be labelled in a day. */
export interface Budget {
  /** Takes the units of today. Otherwise returns why not. */
  take(key: RowKey, source: Source): Promise<Waiting | undefined>;
  /** Returns the units of a call that was not made, or not paid. After midnight, those of the day before are lost. */
  giveBack(ownerId: string): Promise<void>;
}

/** How often a picture is tried again while labelling is paused. */
const pausedFor = 5 * 60_000;

export function budgetIn(counters: Counters, now: () => number): Budget {
  const today = (ownerId: string) => ({ ownerId, id: labelledId(dayAt(now())) });
  return {
    async take({ ownerId, id }, source) {
      const limits = await counters.limits();
      if (limits.labellingPaused) {
        return { error: paused, until: now() + pausedFor };
      }
      if (source === "own result") {
        return undefined;
      }
      if (!(await counters.count(today(ownerId), limits.maxLabelledADay))) {
        return exhausted(id, now());
      }
      const inAll = [today(everybody), limits.maxLabelledADayInAll] as const;
      if (!(await (source === "call" ? counters.count(...inAll) : counters.hasRoom(...inAll)))) {
        await counters.uncount(today(ownerId));
        return { ...exhausted(id, now()), everybody: true };
      }
      return undefined;
    },
    async giveBack(ownerId) {
      await counters.uncount(today(everybody));
      await counters.uncount(today(ownerId));
    },
  };
}

const paused: AssetError = {
  code: "LabellingPaused",
  message: "Labelling is paused. The picture is labelled once it is resumed.",
};

const exhausted = (id: string, now: number): Waiting => ({
  error: {
    code: "LabelBudgetExceeded",
    message: "No more pictures are labelled today. The picture is labelled on one of the next days.",
  },
  until: nextDay(id, now),
});
