import { availableParallelism } from "node:os";
import { parse, run, UsageError, wholeNumber } from "../../packages/local-cloud/src/command.ts";
import { appsync } from "./appsync.ts";
import { boot } from "./boot.ts";
import { bundles } from "./bundles.ts";
import { cost } from "./cost.ts";
import { type Figure, type Options, table } from "./figure.ts";
import { labels } from "./labels.ts";
import { list } from "./list.ts";
import { pipeline } from "./pipeline.ts";
import { realtime } from "./realtime.ts";
import { recorder } from "./recorder.ts";
import { relay } from "./relay.ts";
import { reload } from "./reload.ts";

const usage = `npm run bench -- [flags]
  --only NAMES    some of: boot, reload, appsync, recorder, realtime, relay, list, labels, pipeline, bundles, cost
  --json          one JSON object on stdout; the tables go to stderr
  --rounds N      how often each case is measured; prints medians     (3)
  --uploads N     pictures in the burst                               (2000)
  --peer          also fetch the free AppSync simulator from npm and measure it
  --cpu-prof DIR  write CPU profiles of the local cloud there
  --smoke         the smallest numbers that run every line once, as a test
  --help          print this`;

const figures: Readonly<Record<string, (options: Options) => Promise<Figure>>> = {
  boot,
  reload,
  appsync,
  recorder,
  realtime,
  relay,
  list,
  labels,
  pipeline,
  bundles,
  cost,
};

async function main(args: readonly string[]): Promise<number> {
  const { names, json, ...options } = readFlags(args);
  const print = (text: string) => void (json ? process.stderr : process.stdout).write(`${text}\n`);
  const machine = { cores: availableParallelism(), platform: process.platform, node: process.version };
  print(`${machine.cores} cores, ${machine.platform}, Node.js ${machine.node}`);
  const measured: Record<string, Figure> = {};
  for (const name of names) {
    const figure = await figures[name]?.(options);
    if (figure) {
      measured[name] = figure;
      print(table(figure));
    }
  }
  if (json) {
    process.stdout.write(`${JSON.stringify({ machine, figures: measured })}\n`);
  }
  return 0;
}

function readFlags(
  args: readonly string[],
): Options & { readonly names: readonly string[]; readonly json: boolean } {
  const { values } = parse(args, {
    only: { type: "string", default: Object.keys(figures).join(",") },
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    uploads: { type: "string", default: "2000" },
    peer: { type: "boolean", default: false },
    "cpu-prof": { type: "string" },
    smoke: { type: "boolean", default: false },
  });
  const names = values.only.split(",");
  const unknown = names.filter((name) => !Object.hasOwn(figures, name));
  if (unknown.length > 0) {
    throw new UsageError(`--only: there is no figure ${unknown.join(", ")}`);
  }
  return {
    names,
    json: values.json,
    rounds: values.smoke ? 1 : wholeNumber("--rounds", values.rounds),
    uploads: values.smoke ? 4 : wholeNumber("--uploads", values.uploads),
    peer: values.peer,
    smoke: values.smoke,
    profile: values["cpu-prof"],
  };
}

run(usage, main);
