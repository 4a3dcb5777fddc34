import { parseArgs } from "node:util";
import { faultsOf } from "./faults.ts";
import { planOf } from "./plan.ts";
import { print } from "./print.ts";
import { isClean, run } from "./run.ts";

const usage = `npm run chaos -- [flags]
  --assets N    how many assets                                   (2000)
  --seed N      draws the plan and what goes wrong                (at random)
  --kills N     how often the cloud is killed                     (3)
  --swift       leaves out the uploads that never come: they expire after six minutes
  --calm        nothing goes wrong inside the cloud
  --minutes N   after which what is missing is missing            (30)
  --json        the ledger as JSON on stdout
  --keep        keeps the cloud's data and log, and says where`;

async function main(): Promise<void> {
  // At its exit the cloud is ended too; a signal alone would leave it running.
  process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));
  const { assets, seed, kills, minutes, swift, calm, json, keep } = readFlags(process.argv.slice(2));
  const tell = (text: string) => void process.stderr.write(`${text}\n`);
  tell(`seed ${seed}`);
  const ledger = await run({
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
  process.exitCode = isClean(ledger) ? 0 : 1;
}

function readFlags(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      assets: { type: "string", default: "2000" },
      seed: { type: "string", default: String(Math.trunc(Math.random() * 2 ** 31)) },
      kills: { type: "string", default: "3" },
      minutes: { type: "string", default: "30" },
      swift: { type: "boolean", default: false },
      calm: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
    },
  });
  return {
    ...values,
    assets: count("--assets", values.assets, 1),
    seed: count("--seed", values.seed, 0),
    kills: count("--kills", values.kills, 0),
    minutes: count("--minutes", values.minutes, 1),
  };
}

function count(flag: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least) {
    throw new TypeError(`${flag} must be a whole number from ${least}, not ${text}`);
  }
  return number;
}

main().catch((error: unknown) => {
  const wrongFlags = error instanceof TypeError;
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${wrongFlags ? `\n${usage}\n` : ""}`,
  );
  process.exitCode = wrongFlags ? 2 : 1;
});
