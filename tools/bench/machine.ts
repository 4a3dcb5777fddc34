import { cpus } from "node:os";
import type { RemoteCloud } from "./cloud.ts";

/** CPU seconds while something was measured. */
export interface Spent {
  readonly server: number;
  /** All that the machine did, whoever asked for it: the engine, the load, strangers. */
  readonly machine: number;
}

/** Starts to count what the cloud and the machine spend; what it returns ends the count. */
export async function countCpu(cloud: RemoteCloud): Promise<() => Promise<Spent>> {
  const { cpuSeconds } = await cloud.ask("cpu");
  const before = busySeconds();
  return async () => {
    const machine = busySeconds() - before;
    return { server: (await cloud.ask("cpu")).cpuSeconds - cpuSeconds, machine };
  };
}

function busySeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000;
}
