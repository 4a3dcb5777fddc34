import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "@jest/globals";
import { type Cloud, type CloudOptions, type Ready, startCloud } from "../../src/cloud.ts";
import { createLog } from "../../src/base/log.ts";
import { descendantsOf, ended, readyOf } from "../../../../test/support/processes.ts";
import { root } from "../../../../test/support/program.ts";

export interface Programs {
  /** Copies the program of that name to a folder outside of this repository, with packages of its own. */
  readonly place: (name: string) => string;
  /** Places and boots it. */
  readonly boot: (
    name: string,
    options?: Partial<CloudOptions>,
  ) => Promise<Cloud & { readonly complaints: readonly string[] }>;
  /** Boots the program of a folder as a user does, with `npx local-cloud --program`. */
  readonly command: (folder: string) => Promise<Ready>;
  /** Calls it after the test, in reverse order. */
  readonly later: (stop: () => unknown) => void;
}

/** For the test file that calls it: stops after each test what it booted, and deletes the copies after the last test. */
export function usePrograms(): Programs {
  const folder = mkdtempSync(join(tmpdir(), "local-cloud-programs-"));
  const stops: (() => unknown)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) {
      await stop();
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function place(name: string): string {
    const copy = mkdtempSync(join(folder, `${name}-`));
    cpSync(join(import.meta.dirname, name), copy, { recursive: true });
    mkdirSync(join(copy, "node_modules", "@pulumi"), { recursive: true });
    for (const one of ["pulumi", "aws", "random"]) {
      const installed = join(root, "node_modules/@pulumi", one);
      symlinkSync(installed, join(copy, "node_modules/@pulumi", one), "junction");
    }
    // The check at save takes seconds of each boot. It finds here which resolvers have passed it before.
    const cache = join(root, "node_modules/.cache");
    mkdirSync(cache, { recursive: true });
    symlinkSync(cache, join(copy, "node_modules/.cache"), "junction");
    return copy;
  }

  return {
    place,
    async boot(name, options = {}) {
      const complaints: string[] = [];
      const log = createLog("warn", (line) => complaints.push(line));
      const base = { root: place(name), stack: "dev", port: 0, data: undefined, log };
      const cloud = await startCloud({ ...base, ...options });
      stops.push(() => cloud.stop());
      return { ...cloud, complaints };
    },
    command(program) {
      const args = ["--no-install", "local-cloud", "--program", program, "--memory", "--port", "0", "--json"];
      const child = spawn("npx", args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
      stops.push(() => endOf(child));
      return readyOf(child);
    },
    later: (stop) => void stops.push(stop),
  };
}

/** Asks the program's API with its first key. */
export async function ask(ready: Ready, query: string, variables: object = {}): Promise<unknown> {
  const response = await fetch(ready.graphqlUrl, {
    method: "POST",
    headers: { "x-api-key": ready.apiKeys[0] ?? "" },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** Ends local-cloud, and so npx, which does not forward every signal. Other processes are left for local-cloud to end. */
async function endOf(child: ChildProcess): Promise<void> {
  const all = [child.pid ?? 0, ...descendantsOf(child.pid ?? 0)];
  for (const pid of all.filter(isLocalCloud)) {
    process.kill(pid, "SIGTERM");
  }
  await ended(all);
}

/** True for Node with the path of local-cloud's bin as an argument. */
const isLocalCloud = (pid: number): boolean =>
  readFileSync(`/proc/${pid}/cmdline`, "utf8")
    .split("\0")
    .some((argument) => argument.endsWith("/local-cloud"));
