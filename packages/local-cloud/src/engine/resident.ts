import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Settings } from "./config.ts";
import { EvaluationError, programsWords } from "./error.ts";
import { endedWith, type Process, type Run, startProcess } from "./process.ts";

/** The message that starts one run. */
export interface ResidentRun {
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
  readonly address: string;
  readonly config: Settings["config"];
  readonly secretKeys: readonly string[];
}

/** The answer at the end of a run. */
export interface ResidentAnswer {
  readonly error?: string;
}

/** Milliseconds within which an aborted run must end. Then its process is killed. */
const grace = 1000;

/**
 * A process that runs the program repeatedly, one run at a time, in a third of the time that a new process takes. It
 * never outlives this process.
 */
export class ResidentProgram {
  readonly #end = new AbortController();
  readonly #process: Process;
  #gone = false;
  #print: Run["print"] = () => undefined;

  constructor({ root, settings }: Pick<Run, "root" | "settings">) {
    this.#process = startProcess({
      settings,
      commandLine: [join(import.meta.dirname, "inline.ts")],
      environment: { PULUMI_NODEJS_ROOT_DIRECTORY: root, INLINE_PROGRAM: programFile(settings) },
      signal: this.#end.signal,
      print: (line) => this.#print(line),
    });
    const left = () => {
      this.#gone = true;
    };
    this.#process.ended.then(left, left);
  }

  /** True when the process has ended or is closing. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Throws `EvaluationError` ProgramFailed. */
  async run({ settings, stack, preview, address, signal, print }: Run): Promise<void> {
    this.#print = print;
    const { child, ended } = this.#process;
    const { project, config, secretKeys } = settings;
    const run: ResidentRun = { project, stack, preview, address, config, secretKeys };
    const over = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const giveUp = () => {
      timer = setTimeout(() => this.close(), grace);
    };
    signal.addEventListener("abort", giveUp, over);
    try {
      const answered = once(child, "message", over) as Promise<[ResidentAnswer]>;
      const gone = ended.then(({ status, printed }) => Promise.reject(endedWith(status, printed)));
      // If the process has ended, the race below rejects.
      child.send(run, () => undefined);
      const [{ error }] = await Promise.race([answered, gone]);
      if (error !== undefined) {
        throw new EvaluationError("ProgramFailed", programsWords(error));
      }
    } finally {
      over.abort();
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#gone = true;
    this.#end.abort();
  }
}

/** The file that Pulumi would run: for a folder, `main` of its package.json. */
const programFile = ({ folder, entry }: Settings): string =>
  createRequire(join(folder, "package.json")).resolve(join(folder, entry));
