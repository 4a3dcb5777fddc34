import { createHash } from "node:crypto";
import { callsId, callsOfHostId, everybody } from "../../domain/usage.ts";
import { type Counters, dayAt, nextDay } from "../shared/counters.ts";

/** A call of a receiver. */
interface Call {
  readonly ownerId: string;
  readonly assetId: string;
  readonly url: string;
}

/** How many calls may be made in a day: for an owner, and to a host for all owners. Each attempt is a call. */
export interface CallBudget {
  /** Takes a call of today. Otherwise returns when the next one can be made (epoch milliseconds). */
  take(call: Call): Promise<number | undefined>;
}

export function callBudgetIn(counters: Counters, now: () => number): CallBudget {
  return {
    async take({ ownerId, assetId, url }) {
      const { maxCallbacksADay, maxCallbacksADayToAHost } = await counters.limits();
      const at = now();
      const day = dayAt(at);
      const ofOwner = { ownerId, id: callsId(day) };
      if (!(await counters.count(ofOwner, maxCallbacksADay))) {
        return nextDay(assetId, at);
      }
      const ofHost = { ownerId: everybody, id: callsOfHostId(day, hashOf(url)) };
      if (!(await counters.count(ofHost, maxCallbacksADayToAHost))) {
        await counters.uncount(ofOwner);
        return nextDay(assetId, at);
      }
      return undefined;
    },
  };
}

/** The row outlives the user, and a host can name a person. */
const hashOf = (url: string): string => createHash("sha256").update(new URL(url).hostname).digest("hex");
