import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startReceivers } from "./callbacks.ts";
import { startKillableCloud } from "./cloud.ts";
import { Evidence } from "./evidence.ts";
import type { Entry } from "./account.ts";
import type { RunOptions } from "./participants.ts";
import { playScenario } from "./scenario.ts";

export interface Ledger {
  readonly seed: number;
  readonly assets: number;
  readonly seconds: number;
  readonly entries: readonly Entry[];
  /** What did not happen in time. */
  readonly missing: readonly string[];
  readonly kills: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly receivers: Readonly<Record<string, number>>;
  /** Data and log, if they were kept. */
  readonly folder: string | undefined;
}

/** True if nothing differs. */
export const isClean = ({ entries, missing }: Ledger): boolean =>
  missing.length === 0 && entries.every(({ differences }) => differences.length === 0);

/** One whole run. Throws only if the run itself fails, for example if the cloud does not start. */
export async function run(options: RunOptions): Promise<Ledger> {
  const { plan, keep, faults } = options;
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "darkroom-chaos-"));
  const log = createWriteStream(join(folder, "cloud.log"));
  const evidence = new Evidence();
  const faultsFile = faults && join(folder, "faults.json");
  if (faultsFile !== undefined) {
    writeFileSync(faultsFile, JSON.stringify(faults));
  }
  const receivers = await startReceivers(plan);
  const cloud = await startKillableCloud({
    data: join(folder, "data"),
    faultsFile,
    ...(options.config && { config: options.config }),
    line(text) {
      log.write(`${text}\n`);
      evidence.line(text);
    },
  });
  try {
    const results = await playScenario({ ...options, cloud, receivers, evidence });
    return {
      ...{ seed: plan.seed, assets: plan.assets.length, ...results },
      seconds: Math.round((performance.now() - started) / 1000),
      kills: cloud.killed.length,
      faults: Object.fromEntries([...evidence.faults].sort()),
      receivers: Object.fromEntries([...receivers.misbehaved].sort()),
      folder: keep ? folder : undefined,
    };
  } finally {
    await cloud.stop();
    await receivers.stop();
    await new Promise((resolve) => log.end(resolve));
    if (!keep) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
