import type { Queue } from "./queues.ts";
import type { Store } from "./store.ts";

/**
 * How many more messages of a queue may be in flight: a standard queue holds 120,000. Counting them reads every one,
 * so what was handed out since the last count stands for the number until it reaches the limit.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export class InFlight {
  readonly #store: Pick<Store, "counts">;
  readonly #most: number;
  /** By the queue's ARN; never less than the true number. */
  readonly #atMost = new Map<string, number>();

  constructor(store: Pick<Store, "counts">, most = 120_000) {
    this.#store = store;
    this.#most = most;
  }

  room(queue: Queue, now: number): number {
    if ((this.#atMost.get(queue.arn) ?? 0) >= this.#most) {
      this.#atMost.set(queue.arn, this.#store.counts(queue, now).inFlight);
    }
    return Math.max(0, this.#most - (this.#atMost.get(queue.arn) ?? 0));
  }

  add(queue: Queue, count: number): void {
    this.#atMost.set(queue.arn, (this.#atMost.get(queue.arn) ?? 0) + count);
  }
}
