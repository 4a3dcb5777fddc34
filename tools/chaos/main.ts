import { parse, run, wholeNumber } from "../../packages/local-cloud/src/command.ts";
import { faultsOf } from "./faults.ts";
import { planOf } from "./plan.ts";
import { print } from "./print.ts";
import { isClean, run as runPlan } from "./run.ts";

const usage = `npm run chaos -- [flags]
  --assets N    how many assets                                   (2000)
  --seed N      decides the plan and the faults                   (random)
  --kills N     how often the cloud is killed                     (3)
  --swift       leaves out what takes minutes: uploads that never arrive, erasures, budgets of labels
  --calm        no faults inside the cloud
  --minutes N   longest time of the run                           (30)
  --json        the ledger as JSON on stdout
  --keep        keeps the cloud's data and log, and prints their folder
  --help        print this`;

async function main(args: readonly string[]): Promise<number> {
  const { assets, seed, kills, minutes, swift, calm, json, keep } = readFlags(args);
  const report = (text: string) => void process.stderr.write(`${text}\n`);
  report(`seed ${seed}`);
  const ledger = await runPlan({
    plan: planOf({
      seed,
      assets,
      kills,
      owners: ["alice", "bob", "admin"],
      without: swift ? ["expired"] : [],
      ...(!swift && { bounds: 4, leavers: Math.ceil(assets / 500) }),
    }),
    // Nobody waits for days.
    config: { eraseGraceDays: "0.0003" },
    faults: calm ? undefined : faultsOf(seed),
    patience: minutes * 60_000,
    atOnce: 24,
    keep,
    progress: report,
  });
  process.stdout.write(`${json ? JSON.stringify(ledger) : print(ledger)}\n`);
  return isClean(ledger) ? 0 : 1;
}

function readFlags(args: readonly string[]) {
  const { values } = parse(args, {
    assets: { type: "string", default: "2000" },
    seed: { type: "string", default: String(Math.trunc(Math.random() * 2 ** 31)) },
    kills: { type: "string", default: "3" },
    minutes: { type: "string", default: "30" },
    swift: { type: "boolean", default: false },
    calm: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  });
  return {
    ...values,
    assets: wholeNumber("--assets", values.assets, 1),
    seed: wholeNumber("--seed", values.seed, 0),
    kills: wholeNumber("--kills", values.kills, 0),
    minutes: wholeNumber("--minutes", values.minutes, 1),
  };
}

run(usage, main);
