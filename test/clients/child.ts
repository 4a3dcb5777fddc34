import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll } from "@jest/globals";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

const ended = new AbortController();
const folder = mkdtempSync(join(tmpdir(), "darkroom-clients-"));
afterAll(() => {
  ended.abort();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/**
 * Runs a script of this folder and reads the JSON that it prints: clients ship ES modules, which need a process of
 * their own. It trusts the cloud's authority, and neither it nor its temporary files outlive the test file.
 */
export async function runScript<Report>(ready: Ready, script: string, ...args: string[]): Promise<Report> {
  const env = {
    ...process.env,
    READY: JSON.stringify(ready),
    NODE_EXTRA_CA_CERTS: ready.caFile,
    TMPDIR: folder,
  };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, script), ...args],
    { env, timeout: 200_000, signal: ended.signal },
  );
  return JSON.parse(stdout) as Report;
}
