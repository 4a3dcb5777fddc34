import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { CodeError, type CodeProblem } from "../runtime/code-error.ts";
import { Passed } from "./passed.ts";
import type { NamedCode } from "./types.ts";

/** The type check that AWS runs when it saves code. It runs beside the cloud. */
export interface SaveCheck {
  /** Rejects with a `CodeError` that has every problem of the first piece that AWS would not save. */
  check(pieces: readonly NamedCode[]): Promise<void>;
  close(): void;
}

/** Milliseconds for which TypeScript stays loaded after a check, for the next save. */
const idle = 120_000;

/** `root` is the program's folder. Its `node_modules/.cache` keeps a record of the code that has passed. */
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
      // All pieces: the checker reuses what it has read of unchanged ones.
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

/** TypeScript in a thread of its own, because loading it and a first check take seconds. */
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
      const checked = (problems: readonly (readonly CodeProblem[])[]) => settle(() => resolve(problems));
      const settle = (end: () => void) => {
        worker.off("message", checked).off("error", failed).off("exit", ended).unref();
        end();
      };
      worker.on("message", checked).on("error", failed).on("exit", ended).ref();
      worker.postMessage(pieces);
    });
  }
}
