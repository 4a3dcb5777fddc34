import { cpus } from "node:os";
import type { RemoteCloud } from "./cloud.ts";

/** CPU seconds while something was measured. */
export interface Spent {
  readonly server: number;
  /** Of the whole machine: the engine, the load generator, and other programs too. */
  readonly machine: number;
}

/** Starts counting the CPU time of the cloud and the machine. Call the result to end the count. */
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
