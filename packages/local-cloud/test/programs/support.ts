import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "@jest/globals";
import { type Cloud, type CloudOptions, startCloud } from "../../src/cloud.ts";
import { createLog } from "../../src/log.ts";
import { root } from "../../../../test/support/program.ts";

export interface Programs {
  /** Copies the program of that name to a folder outside of this repository, with packages of its own. */
  readonly place: (name: string) => string;
  /** Places and boots it. */
  readonly boot: (
    name: string,
    options?: Partial<CloudOptions>,
  ) => Promise<Cloud & { readonly complaints: readonly string[] }>;
  /** Runs it after the test; the last one first. */
  readonly later: (stop: () => unknown) => void;
}

/** For the test file that calls it: what a test boots is stopped after the test, and the copies go with the file. */
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
    for (const one of ["pulumi", "aws"]) {
      const installed = join(root, "node_modules/@pulumi", one);
      symlinkSync(installed, join(copy, "node_modules/@pulumi", one), "junction");
    }
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
    later: (stop) => void stops.push(stop),
  };
}
