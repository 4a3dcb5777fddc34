import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fixed version: it is not a dependency of the project. */
const simulator = { name: "@aws-amplify/amplify-appsync-simulator", version: "2.16.20" };

export interface Peer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Fetches the free AppSync simulator of npm into a temporary folder and starts it in a process of its own. */
export async function startPeer(): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-peer-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder];
    execFileSync("npm", ["install", ...flags, `${simulator.name}@${simulator.version}`], { stdio: "ignore" });
    const child = fork(join(import.meta.dirname, "peer-serve.ts"), [folder, simulator.name], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const exit = once(child, "exit");
    const failed = exit.then(() => Promise.reject(new Error("The simulator did not start")));
    const [url] = (await Promise.race([once(child, "message"), failed])) as [string];
    failed.catch(() => undefined);
    return {
      url,
      async stop() {
        child.disconnect();
        await exit;
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
