import type { AppSync } from "./appsync/index.ts";
import type { Lambda } from "./aws/lambda/index.ts";
import type { Log } from "./base/service.ts";
import { Changes } from "./changes.ts";
import { type EvaluateOptions, type Evaluation, Evaluator } from "./engine/evaluate.ts";
import type { Graph } from "./base/graph.ts";
import { refuseInputs } from "./inputs/index.ts";

export interface ReloadOptions {
  /** How the running graph was evaluated, and when that began: what was saved since is not in it. */
  readonly evaluation: EvaluateOptions;
  readonly evaluatedAt: number;
  /** Folders at the top of the program's that are not watched, beside the usual. */
  readonly unwatched?: readonly string[] | undefined;
  readonly graph: Evaluation;
  readonly appsync: Pick<AppSync, "reload">;
  readonly lambda: Pick<Lambda, "reload">;
  readonly log: Log;
}

/**
 * Evaluates the program again whenever a file of it is saved, and hands over the API's new schema and resolvers and the
 * functions' new code, while data and sockets stay. Returns what ends it.
 */
export function reloadOnChange(options: ReloadOptions): () => Promise<void> {
  const { evaluation, appsync, lambda, log } = options;
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
    try {
      const graph = await evaluator.evaluate();
      refuseInputs(graph);
      const applyFunctions = lambda.reload(graph);
      appsync.reload(graph);
      const functions = applyFunctions();
      const { taken, kept } = running.become(graph, functions);
      const time = `in ${Math.round(performance.now() - saved)} ms`;
      log.info(
        taken.length > 0 ? `Reloaded ${taken.join(", ")} ${time}` : `Saved: nothing to reload, ${time}`,
      );
      if (kept.length > 0) {
        log.warn("Start again to apply what else has changed", { resources: kept });
      }
    } catch (error) {
      if (!isOver()) {
        log.error(`The API runs on as it was: ${error instanceof Error ? error.message : String(error)}`);
      }
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

interface Declared {
  readonly name: string;
  readonly type: string;
  readonly inputs: string;
}

/** What runs, by what was declared for it. */
class Running {
  readonly #declared: Map<string, Declared>;

  constructor(graph: Graph) {
    this.#declared = declaredBy(graph);
  }

  /**
   * Takes note of the API and of the functions (by URN) that were taken over. Returns the names of those that are new,
   * and of what only a new start applies.
   */
  become(graph: Graph, functions: ReadonlySet<string>): { taken: string[]; kept: string[] } {
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
      if (!api && !(after && functions.has(urn))) {
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
