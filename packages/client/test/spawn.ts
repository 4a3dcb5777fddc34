import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs Node.js, and returns what it printed. */
export const spawnNode = async (args: string[], cwd: string): Promise<string> =>
  (await promisify(execFile)(process.execPath, args, { cwd })).stdout;
