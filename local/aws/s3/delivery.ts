import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../service.ts";
import type { PendingMessage, Store } from "./store.ts";

/** Takes one message to a queue; rejects if the queue does not take it. */
export type Notify = (bucketArn: string, queueArn: string, body: string) => Promise<void>;

/**
 * Empties the outbox: each message at least once, those of one key and queue one after another. A message that is
 * refused is tried again, and later ones of its key wait behind it; other keys do not.
 */
export class Delivery {
  readonly #store: Store;
  readonly #notify: Notify;
  readonly #log: Log;
  readonly #lanes = new Map<string, PendingMessage[]>();
  readonly #stop = new AbortController();
  readonly #waiting: (() => void)[] = [];
  #last = 0;

  constructor(store: Store, notify: Notify, log: Log) {
    this.#store = store;
    this.#notify = notify;
    this.#log = log;
  }

  /** Takes up what has been put into the outbox since the last call; after a start, all that is in it. */
  wake(): void {
    if (this.#stop.signal.aborted) return;
    for (const message of this.#store.pending(this.#last)) {
      this.#last = message.id;
      const name = JSON.stringify([message.queueArn, message.bucketArn, message.key]);
      const lane = this.#lanes.get(name);
      if (lane) lane.push(message);
      else void this.#drain(name, [message]);
    }
  }

  /** Resolves when nothing is left to deliver, or at `close`. */
  async idle(): Promise<void> {
    if (this.#lanes.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Delivers no more; what is left is delivered after the next start. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  async #drain(name: string, lane: PendingMessage[]): Promise<void> {
    this.#lanes.set(name, lane);
    for (let message = lane[0]; message && !this.#stop.signal.aborted; message = lane[0]) {
      await this.#deliver(message);
      lane.shift();
    }
    this.#lanes.delete(name);
    if (this.#lanes.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #deliver(message: PendingMessage): Promise<void> {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      try {
        await this.#notify(message.bucketArn, message.queueArn, message.body);
        this.#store.delivered(message.id);
        return;
      } catch (error) {
        const { queueArn, key } = message;
        this.#log.warn("A queue refused an S3 event; it will be tried again.", {
          queueArn,
          key,
          attempt,
          error,
        });
        await delay(backOff(attempt), undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }
}

/** Milliseconds: 50, 100, 200... up to 20 seconds. */
const backOff = (attempt: number): number => Math.min(50 * 2 ** attempt, 20_000);
