import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { CodeError, type CodeProblem } from "../runtime/code-error.ts";
import { Passed } from "./passed.ts";
import type { NamedCode } from "./types.ts";

/** AWS type-checks code when it is saved; this is that check, beside the running cloud. */
export interface SaveCheck {
  /** Rejects with a `CodeError` that has every problem of the first piece that AWS would refuse. */
  check(pieces: readonly NamedCode[]): Promise<void>;
  close(): void;
}

/** Milliseconds after the last check in which TypeScript stays loaded, for the next save. */
const idle = 120_000;

/** `root` is the program's folder, in whose `node_modules/.cache` is kept what has passed. */
export function createSaveCheck(root: string): SaveCheck {
  const passed = new Passed(join(root, "node_modules", ".cache", "local-cloud", "save-check.json"));
  let checker: Checker | undefined;
  let timer: NodeJS.Timeout | undefined;
  const close = () => {
    clearTimeout(timer);
    checker?.close();
    checker = undefined;
  };
  return {
    async check(pieces) {
      const fresh = pieces.filter(({ code }) => !passed.has(code));
      if (fresh.length === 0) {
        return;
      }
      clearTimeout(timer);
      checker ??= new Checker();
      // All pieces, since what the last check has read of them serves this one.
      const problems = await checker.check(pieces);
      timer = setTimeout(close, idle).unref();
      passed.add(pieces.filter((_, index) => problems[index]?.length === 0).map(({ code }) => code));
      const refused = problems.findIndex((found) => found.length > 0);
      if (refused >= 0) {
        throw new CodeError(problems[refused] ?? [], pieces[refused]?.code ?? "");
      }
    },
    close,
  };
}

/** TypeScript in a thread of its own: loading it, and a first check, take seconds. */
class Checker {
  readonly #worker = new Worker(join(import.meta.dirname, "worker.ts"));
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#worker.unref();
  }

  check(pieces: readonly NamedCode[]): Promise<readonly (readonly CodeProblem[])[]> {
    const result = this.#last.then(() => this.#ask(pieces));
    this.#last = result.catch(() => undefined);
    return result;
  }

  close(): void {
    void this.#worker.terminate();
  }

  #ask(pieces: readonly NamedCode[]): Promise<readonly (readonly CodeProblem[])[]> {
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const ended = (code: number) => settle(() => reject(new Error(`the save check ended with ${code}`)));
      const failed = (error: unknown) =>
        settle(() => reject(error instanceof Error ? error : new Error(String(error))));
      const answered = (problems: readonly (readonly CodeProblem[])[]) => settle(() => resolve(problems));
      const settle = (end: () => void) => {
        worker.off("message", answered).off("error", failed).off("exit", ended).unref();
        end();
      };
      worker.on("message", answered).on("error", failed).on("exit", ended).ref();
      worker.postMessage(pieces);
    });
  }
}
