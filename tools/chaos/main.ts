import { parse, run, wholeNumber } from "../../packages/local-cloud/src/command.ts";
import { faultsOf } from "./faults.ts";
import { planOf } from "./plan.ts";
import { print } from "./print.ts";
import { isClean, run as runPlan } from "./run.ts";

const usage = `npm run chaos -- [flags]
  --assets N    how many assets                                   (2000)
  --seed N      draws the plan and what goes wrong                (at random)
  --kills N     how often the cloud is killed                     (3)
  --swift       leaves out the uploads that never come: they expire after six minutes
  --calm        nothing goes wrong inside the cloud
  --minutes N   after which what is missing is missing            (30)
  --json        the ledger as JSON on stdout
  --keep        keeps the cloud's data and log, and says where
  --help        print this`;

async function main(args: readonly string[]): Promise<number> {
  const { assets, seed, kills, minutes, swift, calm, json, keep } = readFlags(args);
  const tell = (text: string) => void process.stderr.write(`${text}\n`);
  tell(`seed ${seed}`);
  const ledger = await runPlan({
    plan: planOf({
      seed,
      assets,
      kills,
      owners: ["alice", "bob", "admin"],
      without: swift ? ["expired"] : [],
    }),
    faults: calm ? undefined : faultsOf(seed),
    patience: minutes * 60_000,
    atOnce: 24,
    keep,
    progress: tell,
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
