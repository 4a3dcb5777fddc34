import type { Log } from "../base/service.ts";
import type { Graph } from "../base/graph.ts";
import { readSettings, type Secrets } from "./config.ts";
import { EvaluationError } from "./error.ts";
import { Monitor, type Evaluated } from "./monitor.ts";
import type { Run } from "./process.ts";
import { runProgram } from "./program.ts";
import { serve } from "./protocol.ts";
import { type Endpoints, readDefaultTags } from "./provider/index.ts";
import { ResidentProgram } from "./resident.ts";
import type { StandIns } from "./stand-ins.ts";

export { EvaluationError } from "./error.ts";
export { declaredOnly } from "./provider/index.ts";
export type { Evaluated } from "./monitor.ts";

export interface EvaluateOptions {
  /** The folder of Pulumi.yaml. */
  readonly root: string;
  readonly stack: string;
  /** As `pulumi preview`: computed outputs are unknown, so resources created inside their `.apply` are missing. */
  readonly preview?: boolean;
  readonly endpoints?: Endpoints;
  /** Values for what is outside of the program. `secrets` may be a function of the key. */
  readonly standIns?: Omit<StandIns, "secrets"> & { readonly secrets?: Secrets | undefined };
  readonly signal?: AbortSignal;
  /** Overrides the stack's values. A key without a namespace is the project's, as for `pulumi config set`. */
  readonly config?: Readonly<Record<string, string>> | undefined;
  /** Receives what the program prints and logs. */
  readonly log?: Log | undefined;
}

export interface Evaluation extends Graph {
  /** The program's `aws:region`. */
  readonly region: string;
  readonly resources: readonly Evaluated[];
}

/**
 * Runs the Pulumi program of a folder and returns all that it declares.
 *
 * @throws `EvaluationError` that says what is wrong with the program or its configuration; the signal's reason when aborted.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  return observe(options, runProgram);
}

/** Runs after which a process is replaced: each leaves the program's modules in its memory, some 5 MB. */
const maxRuns = 30;

/** Evaluates a program repeatedly as its files change, in a process that stays. */
export class Evaluator {
  readonly #options: EvaluateOptions;
  #program: ResidentProgram | undefined;
  #rehearsal: Promise<unknown> = Promise.resolve();
  #runs = 0;
  #closed = false;

  constructor(options: EvaluateOptions) {
    this.#options = options;
    this.#rehearse();
  }

  /** One call at a time. Throws as `evaluate` does, and the signal's reason when aborted. */
  async evaluate(signal?: AbortSignal): Promise<Evaluation> {
    const abort = () => this.#program?.close();
    signal?.addEventListener("abort", abort);
    try {
      await this.#rehearsal;
      signal?.throwIfAborted();
    } finally {
      signal?.removeEventListener("abort", abort);
    }
    const evaluation = await this.#evaluate({ ...this.#options, ...(signal && { signal }) });
    if (this.#runs >= maxRuns) {
      this.#rehearse();
    }
    return evaluation;
  }

  /** Ends the process, also during a run. */
  close(): void {
    this.#closed = true;
    this.#program?.close();
  }

  /** A first run compiles what later runs use. Its errors are ignored: the next requested run reports them. */
  #rehearse(): void {
    this.#program?.close();
    this.#rehearsal = this.#evaluate({ ...this.#options, log: undefined }).catch(() => undefined);
  }

  #evaluate(options: EvaluateOptions): Promise<Evaluation> {
    return observe(options, async (run) => {
      if (this.#closed) {
        throw new EvaluationError("ProgramFailed", "The evaluator is closed.");
      }
      // Pulumi's ts-node hooks into a process and cannot load the program's modules again.
      if (run.settings.typescript) {
        return runProgram(run);
      }
      if (this.#program === undefined || this.#program.gone) {
        this.#program = new ResidentProgram(run);
        this.#runs = 0;
      }
      this.#runs += 1;
      return this.#program.run(run);
    });
  }
}

/** Answers a run of the program as Pulumi's engine does, and returns what it declares. */
async function observe(options: EvaluateOptions, start: (run: Run) => Promise<void>): Promise<Evaluation> {
  const { root, stack, preview = false, endpoints, standIns = {}, log } = options;
  options.signal?.throwIfAborted();
  const read = readSettings(root, stack, standIns.secrets);
  const settings = { ...read, config: { ...read.config, ...qualified(options.config, read.project) } };
  const region = regionOf(settings.config, stack);
  const monitor = new Monitor({
    project: settings.project,
    stack,
    region,
    defaultTags: readDefaultTags(settings.config["aws:defaultTags"]),
    preview,
    endpoints,
    stacks: standIns.stacks ?? {},
    log: (severity, message) => log?.[severity](message),
  });
  const server = await serve(monitor);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const print = (line: string) => log?.info(line);
  const run = start({ root, stack, settings, preview, address: server.address, signal, print });
  try {
    // The first error ends the program: the SDK may take long to report it a second time.
    await Promise.race([run, monitor.failure]);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    stop.abort();
    await run.catch(() => undefined);
    server.close();
  }
  if (!monitor.isFinished) {
    throw new EvaluationError("ProgramFailed", "The program ended before its end.");
  }
  const { resources } = monitor;
  const exports = resources.find(({ type }) => type === STACK)?.outputs ?? {};
  return { project: settings.project, stack, region, resources, outputs: exports };
}

const qualified = (config: Readonly<Record<string, string>> = {}, project: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]),
  );

/** The root component. Its outputs are the program's exports. */
const STACK = "pulumi:pulumi:Stack";

function regionOf(config: Readonly<Record<string, string>>, stack: string): string {
  const region = config["aws:region"];
  if (region !== undefined) {
    return region;
  }
  throw new EvaluationError("ConfigMissing", `aws:region is not set: add it to Pulumi.${stack}.yaml.`);
}
