import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { appsync } from "./appsync.ts";
import { boot } from "./boot.ts";
import { bundles } from "./bundles.ts";
import { type Figure, type Options, table } from "./figure.ts";
import { list } from "./list.ts";
import { pipeline } from "./pipeline.ts";
import { realtime } from "./realtime.ts";
import { reload } from "./reload.ts";

const usage = `npm run bench -- [flags]
  --only NAMES    some of: boot, reload, appsync, realtime, list, pipeline, bundles
  --json          one JSON object on stdout; the tables go to stderr
  --rounds N      how often each case is measured; medians are told   (3)
  --uploads N     pictures in the burst                               (2000)
  --peer          also fetch the free AppSync simulator from npm and measure it
  --cpu-prof DIR  write CPU profiles of the local cloud there`;

const figures: Readonly<Record<string, (options: Options) => Promise<Figure>>> = {
  boot,
  reload,
  appsync,
  realtime,
  list,
  pipeline,
  bundles,
};

async function main(): Promise<void> {
  const { names, json, ...options } = readFlags(process.argv.slice(2));
  const tell = (text: string) => void (json ? process.stderr : process.stdout).write(`${text}\n`);
  const machine = { cores: availableParallelism(), platform: process.platform, node: process.version };
  tell(`${machine.cores} cores, ${machine.platform}, Node.js ${machine.node}`);
  const measured: Record<string, Figure> = {};
  for (const name of names) {
    const figure = await figures[name]?.(options);
    if (figure) {
      measured[name] = figure;
      tell(table(figure));
    }
  }
  if (json) {
    process.stdout.write(`${JSON.stringify({ machine, figures: measured })}\n`);
  }
}

function readFlags(args: string[]): Options & { readonly names: readonly string[]; readonly json: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string", default: Object.keys(figures).join(",") },
      json: { type: "boolean", default: false },
      rounds: { type: "string", default: "3" },
      uploads: { type: "string", default: "2000" },
      peer: { type: "boolean", default: false },
      "cpu-prof": { type: "string" },
    },
  });
  const names = values.only.split(",");
  const unknown = names.filter((name) => !Object.hasOwn(figures, name));
  if (unknown.length > 0) {
    throw new TypeError(`--only: there is no figure ${unknown.join(", ")}`);
  }
  return {
    names,
    json: values.json,
    rounds: count("--rounds", values.rounds),
    uploads: count("--uploads", values.uploads),
    peer: values.peer,
    profile: values["cpu-prof"],
  };
}

function count(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new TypeError(`${flag} must be a whole number from 1, not ${text}`);
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
