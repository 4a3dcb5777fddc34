import { type FSWatcher, readdirSync, watch } from "node:fs";
import { join } from "node:path";
import type { AppSync } from "./appsync/index.ts";
import type { Log } from "./aws/service.ts";
import { type EvaluateOptions, type Evaluation, Evaluator } from "./engine/evaluate.ts";
import type { Graph } from "./graph.ts";

export interface ReloadOptions {
  /** How the running graph was evaluated. */
  readonly evaluation: EvaluateOptions;
  readonly graph: Evaluation;
  readonly appsync: Pick<AppSync, "reload">;
  readonly log: Log;
}

/** Where no source of the program lies. */
const ignored = new Set(["node_modules", "test", "docs", "bench", "coverage"]);

/** Editors write a file in several steps; this many milliseconds of quiet make one change. */
const quiet = 20;

/**
 * Evaluates the program again whenever a file of it is saved, and hands the API's new schema and resolvers over while
 * data and sockets stay. Returns what ends it.
 */
export function reloadOnChange(options: ReloadOptions): () => void {
  const { evaluation, appsync, log } = options;
  const end = new AbortController();
  const changes = new Changes(evaluation.root);
  const evaluator = new Evaluator(evaluation);
  let running: Graph = options.graph;

  async function next(): Promise<void> {
    const saved = await changes.next();
    try {
      const graph = await evaluator.evaluate();
      appsync.reload(graph);
      const kept = changedOutside(running, graph);
      running = graph;
      log.info(`Reloaded the API in ${Math.round(performance.now() - saved)} ms`);
      if (kept.length > 0) {
        log.warn("Start again to apply what else has changed", { resources: kept });
      }
    } catch (error) {
      if (!end.signal.aborted) {
        log.error(`The API runs on as it was: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  void (async () => {
    while (!end.signal.aborted) {
      await next();
    }
  })();
  return () => {
    end.abort();
    changes.close();
    evaluator.close();
  };
}

/** Saves of the program's files, several at once being one. */
class Changes {
  private readonly watchers: FSWatcher[];
  private timer: NodeJS.Timeout | undefined;
  private announce: (saved: number) => void = () => undefined;
  private heard: number | undefined;
  private missed: number | undefined;

  constructor(root: string) {
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !ignored.has(entry.name))
      .map(({ name }) => join(root, name));
    const heard = () => {
      this.heard ??= performance.now();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.tell(), quiet);
    };
    this.watchers = [
      watch(root, heard),
      ...folders.map((folder) => watch(folder, { recursive: true }, heard)),
    ];
  }

  /** Settles at the next change, or at once if there was one since the last, with `performance.now()` of its first save. */
  next(): Promise<number> {
    return new Promise((resolve) => {
      this.announce = resolve;
      if (this.missed !== undefined) {
        resolve(this.missed);
        this.missed = undefined;
      }
    });
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers) {
      watcher.close();
    }
    this.announce(performance.now());
  }

  private tell(): void {
    const { announce, heard = performance.now() } = this;
    this.heard = undefined;
    this.announce = (saved) => {
      this.missed ??= saved;
    };
    announce(heard);
  }
}

/** Names of the resources, but the API's own, that are not as they were. */
function changedOutside(before: Graph, after: Graph): string[] {
  const inputsByUrn = ({ resources }: Graph) =>
    new Map(
      resources
        .filter(({ type, custom }) => custom && !type.startsWith("aws:appsync/"))
        .map(({ urn, type, name, inputs }) => [
          urn,
          { name: `${type} ${name}`, inputs: JSON.stringify(inputs) },
        ]),
    );
  const old = inputsByUrn(before);
  const fresh = inputsByUrn(after);
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((urn) => old.get(urn)?.inputs !== fresh.get(urn)?.inputs)
    .map((urn) => (fresh.get(urn) ?? old.get(urn))?.name ?? urn);
}
