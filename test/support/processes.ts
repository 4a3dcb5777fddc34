import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

/** Whether processes and their sockets can be listed, as on Linux. */
export const seesSockets = existsSync("/proc/net/tcp");

/** The descendants of a process. */
export function descendantsOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" "))
    .filter(Boolean)
    .map(Number)
    .flatMap((child) => [child, ...descendantsOf(child)]);
}

/** The TCP ports that the processes listen on, in this process's network namespace. */
export function listeningPorts(pids: readonly number[]): number[] {
  const lines = ["tcp", "tcp6"].flatMap((file) => readFileSync(`/proc/net/${file}`, "utf8").split("\n"));
  const portOf = new Map(
    lines
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state]) => state === "0A")
      .map((columns) => [`socket:[${columns[9]}]`, parseInt(columns[1]?.split(":")[1] ?? "", 16)]),
  );
  const open = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)),
  );
  return [...new Set(open.flatMap((socket) => portOf.get(socket) ?? []))];
}

/** Resolves when none of the processes runs. The test's own time limit ends the wait. */
export async function ended(pids: readonly number[]): Promise<void> {
  while (pids.some(runs)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A process that has ended remains as a zombie until its parent reads its status. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The first line that a cloud started with `--json` prints. */
export async function readyOf(child: ChildProcess): Promise<Ready> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    return JSON.parse(line) as Ready;
  }
  throw new Error("It ended without being ready");
}
