import type { Log } from "../base/service.ts";
import type { Graph } from "../base/graph.ts";
import { readSettings, type Secrets } from "./config.ts";
import { EvaluationError } from "./error.ts";
import { Monitor, type Evaluated } from "./monitor.ts";
import type { Run } from "./process.ts";
import { runProgram } from "./program.ts";
import { serve } from "./protocol.ts";
import type { Endpoints } from "./provider/index.ts";
import { ResidentProgram } from "./resident.ts";
import type { StandIns } from "./stand-ins.ts";

export { EvaluationError } from "./error.ts";
export { declaredOnly } from "./provider/index.ts";
export type { Evaluated } from "./monitor.ts";

export interface EvaluateOptions {
  /** The folder of Pulumi.yaml. */
  readonly root: string;
  readonly stack: string;
  /** As `pulumi preview`: computed outputs are unknown, so nothing made inside `.apply` of one appears. */
  readonly preview?: boolean;
  readonly endpoints?: Endpoints;
  /** For what lies outside of the program; `secrets` may be made from the key. */
  readonly standIns?: Omit<StandIns, "secrets"> & { readonly secrets?: Secrets | undefined };
  readonly signal?: AbortSignal;
  /** Values in place of the stack's own. A key without a namespace is the project's, as for `pulumi config set`. */
  readonly config?: Readonly<Record<string, string>> | undefined;
  /** Hears what the program prints and logs. */
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
 * @throws `EvaluationError`, telling what is wrong with the program or its configuration; the signal's reason when aborted.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  return observe(options, runProgram);
}

/** Runs after which a process is replaced: the program's modules of each stay in its memory, some 5 MB. */
const mostRuns = 30;

/** Evaluates a program time after time as its files change, in a process that has run it before. */
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

  /** One at a time. Throws as `evaluate` does. */
  async evaluate(): Promise<Evaluation> {
    await this.#rehearsal;
    const evaluation = await this.#evaluate(this.#options);
    if (this.#runs >= mostRuns) {
      this.#rehearse();
    }
    return evaluation;
  }

  /** Ends the process, and a run that is under way with it. */
  close(): void {
    this.#closed = true;
    this.#program?.close();
  }

  /** The first run compiles what the others use. What is wrong with the program, a run that is wanted will tell. */
  #rehearse(): void {
    this.#program?.close();
    this.#rehearsal = this.#evaluate({ ...this.#options, log: undefined }).catch(() => undefined);
  }

  #evaluate(options: EvaluateOptions): Promise<Evaluation> {
    return observe(options, async (run) => {
      if (this.#closed) {
        throw new EvaluationError("ProgramFailed", "The evaluator is closed.");
      }
      // Pulumi's ts-node takes hold of a process, once.
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

/** Answers a run of the program as the engine would, and returns what it has declared. */
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
    // The first fault ends the program: the SDK may take long over an error, and only repeats it.
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

/** The component that holds all others, whose outputs are the program's exports. */
const STACK = "pulumi:pulumi:Stack";

function regionOf(config: Readonly<Record<string, string>>, stack: string): string {
  const region = config["aws:region"];
  if (region !== undefined) {
    return region;
  }
  throw new EvaluationError("ConfigMissing", `aws:region is not set: add it to Pulumi.${stack}.yaml.`);
}
