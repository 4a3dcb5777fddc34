import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { compileCache } from "../base/compile-cache.ts";
import type { Settings } from "./config.ts";
import { EvaluationError } from "./error.ts";

/** One run of a program. */
export interface Run {
  /** The folder of Pulumi.yaml. */
  readonly root: string;
  readonly stack: string;
  readonly settings: Settings;
  readonly preview: boolean;
  /** Where the engine listens. */
  readonly address: string;
  /** Aborts the run. */
  readonly signal: AbortSignal;
  /** Each line that the program prints. */
  readonly print: (line: string) => void;
}

/** A process that runs a program. */
export interface Process {
  readonly child: ChildProcess;
  /** Its exit code or the signal that ended it, and the last lines that it printed. */
  readonly ended: Promise<{ readonly status: number | string | null; readonly printed: readonly string[] }>;
}

export interface Invocation {
  readonly settings: Settings;
  /** Arguments after Node's own. */
  readonly commandLine: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Kills the process. */
  readonly signal: AbortSignal;
  readonly print: Run["print"];
}

/** Starts Node in the program's folder. The process never outlives this one. */
export function startProcess(invocation: Invocation): Process {
  const { settings, commandLine, environment, signal, print } = invocation;
  const child = spawn(process.execPath, [...nodeArguments(settings), ...commandLine], {
    cwd: settings.folder,
    env: { ...inherited(), ...compileCache, ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  signal.addEventListener("abort", kill);
  if (signal.aborted) {
    kill();
  }
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr].filter((stream) => stream !== null)) {
    createInterface({ input: stream }).on("line", (line) => {
      printed.push(line);
      printed.splice(0, printed.length - 20);
      print(line);
    });
  }
  const ended = Promise.withResolvers<Awaited<Process["ended"]>>();
  child.once("error", ended.reject);
  child.once("close", (code, killed) => ended.resolve({ status: code ?? killed, printed }));
  const forget = () => {
    process.off("exit", kill);
    signal.removeEventListener("abort", kill);
  };
  ended.promise.then(forget, forget);
  return { child, ended: ended.promise };
}

export const endedWith = (status: number | string | null, printed: readonly string[]): EvaluationError =>
  new EvaluationError(
    "ProgramFailed",
    `The program ended with ${String(status)}.\n${printed.join("\n")}`.trim(),
  );

function nodeArguments(settings: Settings): string[] {
  return [
    // The SDK records a stack for each promise. One frame is enough to find the end of an error's message.
    "--stack-trace-limit=1",
    // Megabytes. Little of what a run allocates becomes garbage before its end.
    ...["--min-semi-space-size=8", "--max-semi-space-size=8"],
    ...settings.nodeArguments,
    `--import=${pathToFileURL(join(import.meta.dirname, "prelude.ts")).href}`,
  ];
}

/** Leaves out the machine's cloud credentials and Pulumi settings: a program gives the same graph on every machine. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(PULUMI_|AWS_|TRACEPARENT$)/.test(key)),
  );
