import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpack } from "../../packages/local-cloud/src/aws/lambda/archive.ts";
import {
  type FunctionConfiguration,
  functionsOf,
} from "../../packages/local-cloud/src/aws/lambda/configuration.ts";
import { environmentOf } from "../../packages/local-cloud/src/aws/lambda/environment.ts";
import { evaluate } from "../../packages/local-cloud/src/engine/evaluate.ts";
import { root } from "./cloud.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { round, spread } from "./statistics.ts";

/** The archives that the program deploys: their size, and what importing one costs a new process. */
export async function bundles({ rounds, smoke }: Options): Promise<Figure> {
  const count = smoke ? 1 : Math.max(rounds, 5);
  const functions = functionsOf(await evaluate({ root, stack: "dev" }));
  const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-"));
  try {
    return {
      title: "Function bundles, cold import in a new process",
      bar: "<= 400 KB, <= 150 ms",
      rows: [...functions.values()].map((configuration) => rowOf(configuration, folder, count)),
      notes: ["A new process each time, without a compile cache, in the environment that Lambda gives."],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf(configuration: FunctionConfiguration, folder: string, count: number): Row {
  const taskRoot = unpack(configuration.code, join(folder, configuration.name), root);
  const times = Array.from({ length: count }, () => importOnce(configuration, taskRoot));
  const { min, median, max } = spread(times);
  return {
    function: configuration.name,
    KB: round(statSync(join(taskRoot, "index.mjs")).size / 1024),
    imports: count,
    "min ms": min,
    "median ms": median,
    "max ms": max,
  };
}

const imports = new URL("../../packages/local-cloud/src/aws/lambda/imports.ts", import.meta.url).href;

/** Imports are confined as in the local cloud, which gives an archive this machine's native binaries. */
const script = `
  const { confineImports } = await import(${JSON.stringify(imports)});
  confineImports(process.env.LAMBDA_TASK_ROOT, ${JSON.stringify(root)});
  const started = performance.now();
  await import(process.env.LAMBDA_TASK_ROOT + "/index.mjs");
  process.stdout.write(String(performance.now() - started), () => process.exit(0));
`;

function importOnce(configuration: FunctionConfiguration, taskRoot: string): number {
  const none = { accessKeyId: "none", secretAccessKey: "none", sessionToken: "none" };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: taskRoot,
    encoding: "utf8",
    env: environmentOf(configuration, { taskRoot, logStream: "bench", credentials: none, shared: {} }),
  });
  if (status !== 0) {
    throw new Error(`${configuration.name} cannot be imported: ${stderr}`);
  }
  return Number(stdout);
}
