import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

const root = join(import.meta.dirname, "../..");

/** A local cloud as a process of its own, that may be killed at any moment. */
export interface DoomedCloud {
  readonly ready: Ready;
  /** When it was killed, in epoch milliseconds. */
  readonly killed: readonly number[];
  /** Ends the process without a word, and starts another on the same data and port. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

export interface DoomedOptions {
  readonly data: string;
  /** JSON for `npm start -- --faults`. */
  readonly faultsFile: string | undefined;
  readonly config?: Readonly<Record<string, string>>;
  /** Hears each line of its log. */
  readonly line: (text: string) => void;
}

/** Throws if the cloud does not come up, or ends unasked. */
export async function startDoomedCloud(options: DoomedOptions): Promise<DoomedCloud> {
  const port = await freePort();
  const killed: number[] = [];
  let life = await start(options, port);
  return {
    ready: life.ready,
    killed,
    async killAndRestart() {
      killed.push(Date.now());
      await end(life.child, "SIGKILL");
      life = await start(options, port);
    },
    stop: () => end(life.child, "SIGTERM"),
  };
}

async function start(
  { data, faultsFile, config = {}, line }: DoomedOptions,
  port: number,
): Promise<{ child: ChildProcess; ready: Ready }> {
  const flags = [
    // Functions say at DEBUG which picture they ask labels for.
    ...["--json", "--log", "json", "--verbose", "--stack", "dev", "--port", String(port), "--data", data],
    ...(faultsFile === undefined ? [] : ["--faults", faultsFile]),
    ...Object.entries(config).flatMap(([key, value]) => ["--config", `${key}=${value}`]),
  ];
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(root, "packages/local-cloud/src/main.ts"), ...flags],
    { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
  );
  // Whatever ends this process ends the cloud too.
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

/** A port that nobody has, to have it again after each death. */
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
