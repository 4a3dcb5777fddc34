import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { root } from "./cloud.ts";
import type { Figure, Options } from "./figure.ts";
import { spread } from "./statistics.ts";

/** From the start of the process to the ready line, the program's evaluation included. */
export async function boot({ rounds, smoke }: Options): Promise<Figure> {
  if (!smoke) {
    await bootOnce(); // brings the files into the disk's cache
  }
  const times: number[] = [];
  for (let at = 0; at < (smoke ? 1 : Math.max(rounds, 5)); at++) {
    times.push(await bootOnce());
  }
  const { min, median, max } = spread(times);
  return {
    title: "Boot of the local cloud, warm disk",
    bar: "< 4000 ms",
    rows: [{ boots: times.length, "min ms": min, "median ms": median, "max ms": max }],
  };
}

async function bootOnce(): Promise<number> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "packages/local-cloud/src/main.ts",
      "--json",
      "--port",
      "0",
      "--memory",
    ],
    { cwd: root, stdio: ["ignore", "pipe", "ignore"] },
  );
  const exit = once(child, "exit");
  const ready = once(createInterface({ input: child.stdout }), "line").then(() => performance.now());
  const ended = exit.then(() => {
    throw new Error("The local cloud ended before it was ready");
  });
  try {
    return (await Promise.race([ready, ended])) - started;
  } finally {
    ended.catch(() => undefined);
    child.kill("SIGTERM");
    await exit;
  }
}
