import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Cloud, Ready } from "../../packages/local-cloud/src/cloud.ts";

export const root = join(import.meta.dirname, "../..");

export type Bill = ReturnType<Cloud["meter"]>;

/** `memory` collects garbage first. `idle` waits until all deliveries have ended. */
export type Question = "cpu" | "memory" | "idle";

export interface Usage {
  /** Of all threads of the process, functions included; the DynamoDB engine is another process. */
  readonly cpuSeconds: number;
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
  /** What AWS would have charged since the start. */
  readonly bill: Bill;
}

export type Answer = { readonly kind: "ready"; readonly ready: Ready } | ({ readonly kind: "usage" } & Usage);

/** A local cloud in another process, so that the load generator does not share its thread. */
export interface RemoteCloud {
  readonly ready: Ready;
  ask(question: Question): Promise<Usage>;
  stop(): Promise<void>;
}

interface CloudOptions {
  /** Folder of the program to run. */
  readonly program?: string;
  /** Records calls for the console. */
  readonly console?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly profile: string | undefined;
}

/** Throws if the cloud does not start. */
export async function bootCloud({
  program = root,
  console = false,
  environment = {},
  profile,
}: CloudOptions): Promise<RemoteCloud> {
  const child = fork(join(import.meta.dirname, "serve.ts"), [program, ...(console ? ["console"] : [])], {
    execArgv: [
      "--disable-warning=ExperimentalWarning",
      "--expose-gc",
      ...(profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`]),
    ],
    env: { ...process.env, ...environment },
    // The log is written as by `npm start`, and discarded.
    stdio: ["ignore", "ignore", process.env["BENCH_LOG"] === undefined ? "ignore" : "inherit", "ipc"],
  });
  const first = await nextAnswer(child);
  if (first.kind !== "ready") {
    throw new Error("The local cloud answered before it was ready");
  }
  const ask = async (question: Question): Promise<Usage> => {
    const answer = nextAnswer(child);
    child.send(question);
    return (await answer) as Usage & Answer;
  };
  return {
    ready: first.ready,
    ask,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, "exit");
        child.disconnect();
        await exit;
      }
    },
  };
}

/** One question is under way at a time, so the next message is its answer. */
async function nextAnswer(child: ChildProcess): Promise<Answer> {
  const ended = new AbortController();
  try {
    return await Promise.race([
      once(child, "message", { signal: ended.signal }).then(([answer]) => answer as Answer),
      once(child, "exit", { signal: ended.signal }).then(([code]) => {
        throw new Error(`The local cloud ended with ${String(code)}; BENCH_LOG=1 shows why`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}
