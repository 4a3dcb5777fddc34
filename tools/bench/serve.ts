import { memoryUsage } from "node:process";
import local from "../../local-cloud.config.ts";
import { startCloud } from "../../packages/local-cloud/src/cloud.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import type { Answer, Question } from "./cloud.ts";

/** The local cloud in a process of its own, like `npm start -- --memory`. It reports its CPU time and memory. */
async function serve([root = "", ...flags]: string[]): Promise<void> {
  process.env["TZ"] = "UTC";
  const log = createLog("info", (line) => void process.stderr.write(`${line}\n`));
  const cloud = await startCloud({
    ...{ root, local, stack: "dev", port: 0, data: undefined, log },
    console: flags.includes("console"),
  });
  const send = (answer: Answer) => process.send?.(answer);
  const answer = async (question: Question): Promise<Answer> => {
    if (question === "idle") {
      await cloud.idle();
    }
    if (question === "memory") {
      // Twice: the second collection frees what finalizers released after the first.
      globalThis.gc?.();
      globalThis.gc?.();
    }
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = memoryUsage();
    return { kind: "usage", cpuSeconds: (user + system) / 1e6, rss, heapUsed, bill: cloud.meter() };
  };
  process.on("message", (question: Question) => void answer(question).then(send));
  process.once("disconnect", () => void cloud.stop().then(() => process.exit(0)));
  send({ kind: "ready", ready: cloud.ready });
}

serve(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
