import type { AppSync } from "./appsync/index.ts";
import type { Lambda } from "./aws/lambda/index.ts";
import type { S3 } from "./aws/s3/index.ts";
import type { Log } from "./base/service.ts";
import { Changes } from "./changes.ts";
import { type EvaluateOptions, type Evaluation, Evaluator } from "./engine/evaluate.ts";
import type { Graph } from "./base/graph.ts";
import { refuseInputs } from "./inputs/index.ts";

export interface ReloadOptions {
  /** How the running graph was evaluated, and when that began. Later saves are not in it. */
  readonly evaluation: EvaluateOptions;
  readonly evaluatedAt: number;
  /** More folders at the top of the program's folder that are not watched. */
  readonly unwatched?: readonly string[] | undefined;
  readonly graph: Evaluation;
  readonly appsync: Pick<AppSync, "reload">;
  readonly lambda: Pick<Lambda, "reload">;
  readonly s3: Pick<S3, "declare">;
  readonly log: Log;
  /** Milliseconds. */
  readonly patienceMs?: number | undefined;
}

/**
 * Evaluates the program again at each save of its files, and applies the API's new schema and resolvers and the
 * functions' new code. Data and sockets stay. Returns what stops it.
 */
export function reloadOnChange(options: ReloadOptions): () => Promise<void> {
  const { evaluation, appsync, lambda, s3, log, patienceMs = defaultPatienceMs } = options;
  let over = false;
  const isOver = (): boolean => over;
  const changes = new Changes(evaluation.root, { read: options.evaluatedAt, unwatched: options.unwatched });
  const evaluator = new Evaluator(evaluation);
  const running = new Running(options.graph);

  async function next(): Promise<void> {
    const saved = await changes.next();
    if (isOver()) {
      return;
    }
    const given = new Patience(changes, patienceMs);
    try {
      const graph = await evaluator.evaluate(given.signal);
      refuseInputs(graph);
      const applyFunctions = lambda.reload(graph);
      const objects = await s3.declare(graph, evaluation.root);
      appsync.reload(graph);
      report(running.update(graph, applyFunctions(), objects), saved, log);
    } catch (error) {
      if (given.signal.aborted) {
        log.warn(
          `The program ran for more than ${patienceMs / 1000} s and its files were saved again: run again`,
        );
      } else if (!isOver()) {
        log.error(
          `Not reloaded, the API runs unchanged: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    } finally {
      given.end();
    }
  }

  void (async () => {
    while (!isOver()) {
      await next();
    }
  })();
  return async () => {
    over = true;
    evaluator.close();
    await changes.close();
  };
}

/** A program that runs longer, in milliseconds, is ended once its files are saved again: it may wait forever. */
const defaultPatienceMs = 10_000;

/** Aborts when a run has taken too long and a file was saved meanwhile. */
class Patience {
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  #over = false;

  constructor(changes: Changes, milliseconds: number) {
    const controller = new AbortController();
    this.signal = controller.signal;
    this.#timer = setTimeout(() => {
      void changes.missing().then(() => {
        if (!this.#over) {
          controller.abort();
        }
      });
    }, milliseconds);
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}

function report({ taken, kept }: Update, saved: number, log: Log): void {
  const time = `in ${Math.round(performance.now() - saved)} ms`;
  log.info(taken.length > 0 ? `Reloaded ${taken.join(", ")} ${time}` : `Saved: nothing changes, ${time}`);
  if (kept.length > 0) {
    log.warn("Start again to apply what else has changed", { resources: kept });
  }
}

/** Names of resources. */
interface Update {
  /** What was applied. */
  readonly taken: readonly string[];
  /** Changes that only a new start applies. */
  readonly kept: readonly string[];
}

interface Declared {
  readonly name: string;
  readonly type: string;
  readonly inputs: string;
}

/** The declarations of what runs. */
class Running {
  readonly #declared: Map<string, Declared>;

  constructor(graph: Graph) {
    this.#declared = declaredBy(graph);
  }

  /** Records the new API, and the new functions and objects, given by URN. */
  update(graph: Graph, functions: ReadonlySet<string>, objects: ReadonlySet<string>): Update {
    const fresh = declaredBy(graph);
    const taken = new Set<string>();
    const kept = new Set<string>();
    for (const urn of new Set([...this.#declared.keys(), ...fresh.keys()])) {
      const [before, after] = [this.#declared.get(urn), fresh.get(urn)];
      const { type, name } = after ?? before ?? { type: "", name: "" };
      if (before?.inputs === after?.inputs) {
        continue;
      }
      const api = type.startsWith("aws:appsync/");
      // An object that is no longer declared stays stored.
      const object = type === "aws:s3/bucketObjectv2:BucketObjectv2" && (!after || objects.has(urn));
      if (!api && !object && !(after && functions.has(urn))) {
        kept.add(`${type} ${name}`);
        continue;
      }
      taken.add(api ? "the API" : name);
      if (after) {
        this.#declared.set(urn, after);
      } else {
        this.#declared.delete(urn);
      }
    }
    return { taken: [...taken], kept: [...kept] };
  }
}

const declaredBy = ({ resources }: Graph): Map<string, Declared> =>
  new Map(
    resources
      .filter(({ custom }) => custom)
      .map(({ urn, type, name, inputs }) => [urn, { type, name, inputs: JSON.stringify(inputs) }]),
  );
