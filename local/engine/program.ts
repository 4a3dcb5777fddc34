import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { Settings } from "./config.ts";
import { EvaluationError } from "./error.ts";

export interface Run {
  readonly root: string;
  readonly stack: string;
  readonly settings: Settings;
  readonly preview: boolean;
  /** Where the engine listens. */
  readonly address: string;
  /** Kills the program. */
  readonly signal: AbortSignal;
  /** Each line that the program prints. */
  readonly print: (line: string) => void;
  /** What the process waits for, with Pulumi's modules loaded, before it runs the program. */
  readonly after: Promise<unknown> | undefined;
}

/**
 * Runs the program as Pulumi's own language host does, in a process that never outlives this one.
 *
 * @returns when the process is gone.
 * @throws `EvaluationError` ProgramFailed on a non-zero exit.
 */
export async function runProgram(run: Run): Promise<void> {
  const child = spawn(process.execPath, commandLine(run), {
    cwd: run.settings.folder,
    env: environment(run),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  run.signal.addEventListener("abort", kill);
  if (run.signal.aborted) kill();
  run.after?.then(() => child.send("run")).catch(kill);
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr].filter((stream) => stream !== null)) {
    createInterface({ input: stream }).on("line", (line) => {
      printed.push(line);
      run.print(line);
    });
  }
  try {
    const ended = Promise.withResolvers<number | NodeJS.Signals | null>();
    child.once("error", ended.reject);
    child.once("close", (code, signal) => ended.resolve(code ?? signal));
    const status = await ended.promise;
    if (status === 0) return;
    const last = printed.slice(-20).join("\n");
    throw new EvaluationError("ProgramFailed", `The program ended with ${String(status)}.\n${last}`.trim());
  } finally {
    process.off("exit", kill);
    run.signal.removeEventListener("abort", kill);
  }
}

const SDK = createRequire(join(import.meta.dirname, "program.ts")).resolve("@pulumi/pulumi/package.json");

function commandLine({ root, stack, settings, preview, address, after }: Run): string[] {
  return [
    // The SDK notes a stack for each promise; one frame is enough to tell a message from what follows it.
    "--stack-trace-limit=1",
    // Megabytes: what a run makes is seldom collected before its end.
    ...["--min-semi-space-size=32", "--max-semi-space-size=32"],
    ...settings.nodeArguments,
    `--import=${pathToFileURL(join(import.meta.dirname, "prelude.ts")).href}`,
    join(dirname(SDK), "cmd/run/index.js"),
    ...["--monitor", address, "--engine", address],
    ...["--project", settings.project, "--stack", stack, "--organization", "organization"],
    ...["--root-directory", root, "--pwd", settings.folder, "--parallel", "16"],
    ...(preview ? ["--dry-run"] : []),
    after === undefined ? settings.entry : join(import.meta.dirname, "standby.ts"),
  ];
}

/** The machine's own cloud credentials and Pulumi settings stay out: the program must give the same graph anywhere. */
function environment({ settings, after }: Run): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(PULUMI_|AWS_|TRACEPARENT$)/.test(key));
  return {
    ...Object.fromEntries(inherited),
    PULUMI_CONFIG: JSON.stringify(settings.config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(settings.secretKeys),
    PULUMI_NODEJS_TYPESCRIPT: String(settings.typescript),
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    ...(after !== undefined && { PROGRAM_IN_WAITING: programFile(settings) }),
  };
}

/** The file that Pulumi would run, by package.json's `main` where the entry is a folder. */
const programFile = ({ folder, entry }: Settings): string =>
  createRequire(join(folder, "package.json")).resolve(join(folder, entry));
