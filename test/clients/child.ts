import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Ready } from "../../local/cloud.ts";

/**
 * Runs a script of this folder to its end, and reads the JSON that it prints: clients ship ES modules, which need a
 * process of their own. It has a minute, and ends with this process.
 */
export async function runScript<Report>(ready: Ready, script: string, ...args: string[]): Promise<Report> {
  const env = { ...process.env, READY: JSON.stringify(ready), NODE_EXTRA_CA_CERTS: ready.caFile };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, script), ...args],
    {
      env,
      timeout: 60_000,
    },
  );
  return JSON.parse(stdout) as Report;
}
