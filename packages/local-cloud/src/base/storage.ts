import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Storage } from "./service.ts";

export interface HeldStorage extends Storage {
  /** Frees the folder. A temporary one is removed. */
  release(): void;
}

/**
 * Reserves a data folder for this process, or makes a temporary one for `undefined`.
 * Throws if another running process holds it.
 */
export function holdStorage(folder: string | undefined): HeldStorage {
  if (folder === undefined) {
    const temporary = mkdtempSync(join(tmpdir(), "local-cloud-"));
    const remove = () => rmSync(temporary, { recursive: true, force: true });
    // An interrupted boot does not call `release`.
    process.once("exit", remove);
    return {
      folder: temporary,
      memory: true,
      release() {
        process.off("exit", remove);
        remove();
      },
    };
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holder = join(folder, "pid");
  const other = readPid(holder);
  if (other !== undefined && other !== process.pid && isRunning(other)) {
    throw new Error(
      `The data folder ${folder} is in use by process ${other}; stop it, or choose another folder with --data`,
    );
  }
  writeFileSync(holder, String(process.pid));
  return { folder, memory: false, release: () => rmSync(holder, { force: true }) };
}

function readPid(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
