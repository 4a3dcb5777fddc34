import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { beforeEnd, parse, run, wholeNumber } from "../../packages/local-cloud/src/command.ts";
import type { Fault } from "./fault.ts";
import { faults as all } from "./faults.ts";
import { runTests, stop, type Verdict } from "./jest.ts";
import { copyTree, type Tree } from "./tree.ts";

const usage = `npm run mutants -- [flags]
Puts faults into copies of the code, one at a time, and runs the tests that should notice.
  --only TEXT   faults whose file or description contains it
  --jobs N      copies that are tested at the same time   (2)
  --help        prints this
Exit code 0: at least 95 % were noticed by a named test.`;

/** Share of faults that a named test must notice. */
const bar = 0.95;

interface Outcome {
  readonly fault: Fault;
  readonly verdict: Verdict | { readonly kind: "stale"; readonly message: string };
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parse(args, {
    only: { type: "string", default: "" },
    jobs: { type: "string", default: "2" },
  });
  const jobs = wholeNumber("--jobs", values.jobs);
  const faults = all.filter(({ file, fault }) => `${file} ${fault}`.includes(values.only));
  const running = new Set<ChildProcess>();
  const trees = Array.from({ length: jobs }, () => copyTree(join(import.meta.dirname, "../..")));
  const end = (): void => {
    running.forEach(stop);
    trees.forEach((tree) => tree.remove());
  };
  beforeEnd(() => {
    end();
    return Promise.resolve();
  });
  try {
    const outcomes = await runAll(faults, trees, running);
    return summarise(outcomes);
  } finally {
    end();
  }
}

/** Each tree takes the next fault as soon as it is done with one. */
async function runAll(
  faults: readonly Fault[],
  trees: readonly Tree[],
  running: Set<ChildProcess>,
): Promise<readonly Outcome[]> {
  const waiting = [...faults];
  const outcomes: Outcome[] = [];
  await Promise.all(
    trees.map(async (tree) => {
      for (let fault = waiting.shift(); fault; fault = waiting.shift()) {
        const outcome = await tryOut(fault, tree, running);
        outcomes.push(outcome);
        process.stdout.write(`${outcomes.length}/${faults.length} ${line(outcome)}\n`);
      }
    }),
  );
  return outcomes;
}

async function tryOut(fault: Fault, tree: Tree, running: Set<ChildProcess>): Promise<Outcome> {
  let takeOut: () => void;
  try {
    takeOut = tree.put(fault);
  } catch (error) {
    return { fault, verdict: { kind: "stale", message: (error as Error).message } };
  }
  try {
    return { fault, verdict: await runTests(tree.folder, fault.tests, running) };
  } finally {
    takeOut();
  }
}

function line({ fault, verdict }: Outcome): string {
  const head = `${fault.file}: ${fault.fault}`;
  switch (verdict.kind) {
    case "failed":
      return `noticed   ${head}\n            by "${verdict.test}"`;
    case "passed":
      return `UNNOTICED ${head}`;
    case "broken":
    case "stale":
      return `${verdict.kind.toUpperCase()}    ${head}\n            ${verdict.message}`;
  }
}

function summarise(outcomes: readonly Outcome[]): number {
  const noticed = outcomes.filter(({ verdict }) => verdict.kind === "failed");
  const rest = outcomes.filter(({ verdict }) => verdict.kind !== "failed");
  const share = noticed.length / outcomes.length;
  process.stdout.write(
    `\n${noticed.length} of ${outcomes.length} faults were noticed by a named test (${(100 * share).toFixed(1)} %)\n`,
  );
  if (rest.length > 0) {
    process.stdout.write(`The rest:\n${rest.map((outcome) => `  ${line(outcome)}`).join("\n")}\n`);
  }
  return share >= bar ? 0 : 1;
}

run(usage, main);
