import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface Load {
  readonly url: string;
  readonly token: string;
  readonly query: string;
  readonly variables?: object;
  /** Whether each request has a new text, which no cache of documents has. */
  readonly uncached?: boolean;
  readonly connections: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

export interface Loaded {
  /** Requests, those of the warm-up too. */
  readonly answered: number;
  /** Of those, answers that are not 200 or hold GraphQL errors. */
  readonly errors: number;
  /** After the warm-up. */
  readonly seconds: number;
  /** Milliseconds of each request after the warm-up. */
  readonly latencies: readonly number[];
  /** CPU time of the load generator. */
  readonly cpuSeconds: number;
  /** The last answer's body. */
  readonly sample: string;
}

/** A smoke run sends each connection's first request only. */
export const durationOf = (smoke: boolean): Pick<Load, "seconds" | "warmUpSeconds"> =>
  smoke ? { seconds: 0, warmUpSeconds: 0 } : { seconds: 3, warmUpSeconds: 0.5 };

/** Loads a GraphQL endpoint from a process of its own: each connection sends its next request after the answer. */
export async function load(load: Load): Promise<Loaded> {
  const child = fork(join(import.meta.dirname, "load-worker.ts"), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    serialization: "advanced",
  });
  const answered = once(child, "message") as Promise<[Loaded]>;
  child.send(load);
  const [loaded] = await answered;
  await once(child, "exit");
  return loaded;
}
