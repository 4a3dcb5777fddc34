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

/** Units of the day on which they were taken. */
export interface Taken {
  /** Returns those of a call that was not made, or not paid. */
  giveBack(): Promise<void>;
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
  take(key: RowKey, source: Source): Promise<Waiting | Taken>;
}

/** How often a picture is tried again while labelling is paused. */
const pausedFor = 5 * 60_000;

export function budgetIn(counters: Counters, now: () => number): Budget {
  return {
    async take({ ownerId, id }, source) {
      const limits = await counters.limits();
      const at = now();
      if (limits.labellingPaused) {
        return { error: paused, until: at + pausedFor };
      }
      if (source === "own result") {
        return nothing;
      }
      // One day for all, also while midnight passes.
      const counter = (of: string) => ({ ownerId: of, id: labelledId(dayAt(at)) });
      const [owners, inAll] = [counter(ownerId), counter(everybody)];
      if (!(await counters.count(owners, limits.maxLabelledADay))) {
        return exhausted(id, at);
      }
      const max = limits.maxLabelledADayInAll;
      if (!(await (source === "call" ? counters.count(inAll, max) : counters.hasRoom(inAll, max)))) {
        await counters.uncount(owners);
        return { ...exhausted(id, at), everybody: true };
      }
      const units = source === "call" ? [inAll, owners] : [owners];
      return {
        async giveBack() {
          for (const unit of units) {
            await counters.uncount(unit);
          }
        },
      };
    },
  };
}

const nothing: Taken = { giveBack: () => Promise.resolve() };

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
