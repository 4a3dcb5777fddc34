import { describe, expect, it } from "@jest/globals";
import { briefFaultsOf } from "../../../tools/chaos/faults.ts";
import { planOf } from "../../../tools/chaos/plan.ts";
import { isClean, run } from "../../../tools/chaos/run.ts";

/**
 * The short run: everything that is tried again within seconds. What comes back only when a queue's visibility
 * timeout or an upload's URL has ended takes minutes, and is left to `npm run chaos`.
 */
describe("a short run of chaos", () => {
  it("ends with a ledger without differences", async () => {
    const seed = 7;
    const ledger = await run({
      plan: planOf({
        ...{ seed, assets: 16, kills: 0, owners: ["alice", "bob"] },
        without: ["expired"],
        failures: ["500", "302", "cut"],
      }),
      faults: briefFaultsOf(seed),
      patience: 200_000,
      atOnce: 8,
      killWhenReserved: 6,
      keep: false,
      progress: () => undefined,
    });
    expect(ledger.entries.filter(({ differences }) => differences.length > 0)).toEqual([]);
    expect(ledger.missing).toEqual([]);
    expect(isClean(ledger)).toBe(true);
  });
});
