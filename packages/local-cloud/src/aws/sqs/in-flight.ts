import type { Queue } from "./queues.ts";
import type { Store } from "./store.ts";

/**
 * How many more messages of a queue may be in flight. A standard queue allows 120,000. Counting reads every message, so
 * this class adds up what was received since the last count, and counts again only when the sum reaches the limit.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export class InFlight {
  readonly #store: Pick<Store, "counts">;
  readonly #max: number;
  /** By the queue's ARN. The true number is at most this. */
  readonly #upperBounds = new Map<string, number>();

  constructor(store: Pick<Store, "counts">, max = 120_000) {
    this.#store = store;
    this.#max = max;
  }

  room(queue: Queue, now: number): number {
    if (this.#upperBound(queue) >= this.#max) {
      this.#upperBounds.set(queue.arn, this.#store.counts(queue, now).inFlight);
    }
    return Math.max(0, this.#max - this.#upperBound(queue));
  }

  add(queue: Queue, count: number): void {
    this.#upperBounds.set(queue.arn, this.#upperBound(queue) + count);
  }

  #upperBound({ arn }: Queue): number {
    return this.#upperBounds.get(arn) ?? 0;
  }
}
