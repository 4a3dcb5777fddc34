import type { Answer, SourceCall } from "../../model/source.ts";
import { answerOf, type ErrorOf, failed, type Invoke } from "./invocation.ts";

type Load<Result> = (payloads: readonly unknown[]) => Promise<readonly Result[]>;

/** The batch that the step of the call fills at present. All calls of one step give the same `size` and `load`. */
export function batchOf<Result>(
  { execution, step }: SourceCall,
  size: number,
  load: Load<Result>,
): Batch<Result> {
  const waiting = execution.batches.get(step);
  if (waiting instanceof Batch) {
    return waiting as Batch<Result>;
  }
  const batch = new Batch(size, load);
  execution.batches.set(step, batch);
  return batch;
}

/** Invokes a function with a list. Its answer is a list of the same length. */
export async function invokeBatch(
  invoke: Invoke,
  payloads: readonly unknown[],
  errorOf: ErrorOf,
): Promise<readonly Answer[]> {
  const { result, error } = await answerOf(invoke(payloads), errorOf);
  if (error) {
    return payloads.map(() => ({ result: null, error }));
  }
  if (Array.isArray(result) && result.length === payloads.length) {
    return result.map((item: unknown) => ({ result: item ?? null }));
  }
  const given = Array.isArray(result) ? `${result.length} results` : "no list";
  const message = `The function gave ${given} for a batch of ${payloads.length}.`;
  return payloads.map(() => failed(message, "Lambda:IllegalArgument"));
}

/** Collects the payloads of one step for the items of a list, and loads them in lists of at most `size`. */
class Batch<Result> {
  readonly #size: number;
  readonly #load: Load<Result>;
  #waiting: Waiting<Result>[] = [];

  /** `load` answers in the order of its payloads. */
  constructor(size: number, load: Load<Result>) {
    this.#size = size;
    this.#load = load;
  }

  add(payload: unknown): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    // The items of one list all add theirs before the event loop turns.
    if (this.#waiting.length === 0) {
      setImmediate(() => this.#flush());
    }
    this.#waiting.push({ payload, resolve, reject });
    return promise;
  }

  #flush(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < all.length; at += this.#size) {
      void this.#run(all.slice(at, at + this.#size));
    }
  }

  async #run(batch: readonly Waiting<Result>[]): Promise<void> {
    try {
      const answers = await this.#load(batch.map(({ payload }) => payload));
      for (const [index, { resolve }] of batch.entries()) {
        resolve(answers[index] as Result);
      }
    } catch (error) {
      for (const { reject } of batch) {
        reject(error);
      }
    }
  }
}

interface Waiting<Result> {
  readonly payload: unknown;
  readonly resolve: (answer: Result) => void;
  readonly reject: (reason: unknown) => void;
}
