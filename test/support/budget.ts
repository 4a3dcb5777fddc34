import type { Budget } from "../../functions/label/budget.ts";

/** For tests whose subject is not the budget. */
export const noLimit: Budget = {
  take: () => Promise.resolve({ giveBack: () => Promise.resolve() }),
};
