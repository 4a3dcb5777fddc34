import type { Clock } from "../service.ts";
import type { Queue } from "./queues.ts";
import type { Store, StoredMessage } from "./store.ts";

export interface Poll {
  readonly queue: Queue;
  readonly most: number;
  /** Seconds. */
  readonly wait: number;
  readonly visibilityTimeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** Long polls: they sleep until a message is sent, becomes visible, or their time is over. */
export class Polling {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #sleepers = new Map<string, Set<() => void>>();
  #stopped = false;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Rejects with the signal's reason when it is aborted; nothing is received then. */
  async receive(poll: Poll): Promise<StoredMessage[]> {
    const { queue, most, visibilityTimeout, signal } = poll;
    const end = this.#clock() + poll.wait * 1000;
    for (;;) {
      signal?.throwIfAborted();
      const now = this.#clock();
      const messages = this.#stopped ? [] : this.#store.receive(queue, most, now, visibilityTimeout);
      if (messages.length > 0 || now >= end || this.#stopped) return messages;
      const next = this.#store.nextVisible(queue) ?? end;
      await this.#sleep(queue, Math.max(1, Math.min(end, next) - now), signal);
    }
  }

  /** A message has become visible, or will at another time than was known. */
  wake(queueArn: string): void {
    for (const rouse of [...(this.#sleepers.get(queueArn) ?? [])]) rouse();
  }

  /** Ends every poll with what it has: nothing. */
  stop(): void {
    this.#stopped = true;
    for (const queueArn of this.#sleepers.keys()) this.wake(queueArn);
  }

  #sleep(queue: Queue, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    const sleepers = this.#sleepers.get(queue.arn) ?? new Set();
    this.#sleepers.set(queue.arn, sleepers);
    return new Promise((resolve) => {
      const rouse = () => {
        clearTimeout(timer);
        sleepers.delete(rouse);
        signal?.removeEventListener("abort", rouse);
        resolve();
      };
      const timer = setTimeout(rouse, milliseconds);
      sleepers.add(rouse);
      signal?.addEventListener("abort", rouse);
    });
  }
}
