import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

const root = join(import.meta.dirname, "../..");

/** A local cloud in a process of its own that can be killed at any time. */
export interface KillableCloud {
  readonly ready: Ready;
  /** When it was killed, in epoch milliseconds. */
  readonly killed: readonly number[];
  /** Kills the process, and starts another with the same data and port. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

export interface KillableOptions {
  readonly data: string;
  /** JSON for `npm start -- --faults`. */
  readonly faultsFile: string | undefined;
  readonly config?: Readonly<Record<string, string>>;
  /** Is called with each line of its log. */
  readonly line: (text: string) => void;
}

/** Throws if the cloud does not start. */
export async function startKillableCloud(options: KillableOptions): Promise<KillableCloud> {
  const port = await freePort();
  const killed: number[] = [];
  let run = await start(options, port);
  return {
    ready: run.ready,
    killed,
    async killAndRestart() {
      killed.push(Date.now());
      await end(run.child, "SIGKILL");
      run = await start(options, port);
    },
    stop: () => end(run.child, "SIGTERM"),
  };
}

async function start(
  { data, faultsFile, config = {}, line }: KillableOptions,
  port: number,
): Promise<{ child: ChildProcess; ready: Ready }> {
  const flags = [
    // At DEBUG, functions log which picture they label.
    ...["--json", "--log", "json", "--verbose", "--stack", "dev", "--port", String(port), "--data", data],
    ...(faultsFile === undefined ? [] : ["--faults", faultsFile]),
    ...Object.entries(config).flatMap(([key, value]) => ["--config", `${key}=${value}`]),
  ];
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(root, "packages/local-cloud/src/main.ts"), ...flags],
    { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
  );
  // The cloud ends with this process.
  const orphaned = () => child.kill("SIGKILL");
  process.once("exit", orphaned);
  child.once("exit", () => process.removeListener("exit", orphaned));
  createInterface({ input: child.stderr }).on("line", line);
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`The cloud ended with ${String(code)} before it was ready; its log says why`);
  });
  const first = once(createInterface({ input: child.stdout }), "line") as Promise<[string]>;
  const [ready] = await Promise.race([first, ended]);
  ended.catch(() => undefined);
  return { child, ready: JSON.parse(ready) as Ready };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }
}

/** A free port that is used again after each kill. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) {
    throw new Error("There is no free port");
  }
  return address.port;
}
