import type { Answer } from "../model/source.ts";

/** Gathers what the items of one list ask of one step, and asks it in lists of at most `size`. */
export class Batch {
  readonly #size: number;
  readonly #load: (payloads: readonly unknown[]) => Promise<readonly Answer[]>;
  #waiting: Waiting[] = [];

  /** `load` answers in the order of its payloads. */
  constructor(size: number, load: (payloads: readonly unknown[]) => Promise<readonly Answer[]>) {
    this.#size = size;
    this.#load = load;
  }

  add(payload: unknown): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    // All siblings ask before the event loop turns.
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

  async #run(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#load(batch.map(({ payload }) => payload));
      for (const [index, { resolve }] of batch.entries()) {
        resolve(answers[index] ?? { result: null });
      }
    } catch (error) {
      for (const { reject } of batch) {
        reject(error);
      }
    }
  }
}

interface Waiting {
  readonly payload: unknown;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}
