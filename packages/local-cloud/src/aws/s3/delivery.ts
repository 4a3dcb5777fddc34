import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../../base/service.ts";
import type { PendingMessage, Store } from "./store.ts";

/** Delivers one message to a queue, a function or a topic; rejects if the target does not take it. */
export type Notify = (bucketArn: string, targetArn: string, body: string) => Promise<void>;

/** One way for a message to its target: after so long, and in its turn or apart from the others of its key. */
export interface DeliveryPlan {
  readonly lateMs: number;
  readonly apart: boolean;
}

interface Waiting {
  readonly message: PendingMessage;
  readonly lateMs: number;
}

const inTurn: readonly DeliveryPlan[] = [{ lateMs: 0, apart: false }];

/**
 * Empties the outbox: each message at least once, those of one key and target one after another. A message that is
 * refused is tried again, and later ones of its key wait behind it; other keys do not.
 */
export class Delivery {
  readonly #store: Store;
  readonly #notify: Notify;
  readonly #log: Log;
  readonly #deliveryPlans: () => readonly DeliveryPlan[];
  readonly #lanes = new Map<string, Waiting[]>();
  readonly #stop = new AbortController();
  readonly #waiting: (() => void)[] = [];
  #last = 0;

  /** `deliveryPlans` is asked for each message; without it, each goes once, at once and in its turn. */
  constructor(store: Store, notify: Notify, log: Log, deliveryPlans = () => inTurn) {
    this.#store = store;
    this.#notify = notify;
    this.#log = log;
    this.#deliveryPlans = deliveryPlans;
  }

  /** Takes up what has been put into the outbox since the last call; after a start, all that is in it. */
  wake(): void {
    if (this.#stop.signal.aborted) {
      return;
    }
    for (const message of this.#store.pending(this.#last)) {
      this.#last = message.id;
      for (const [index, { lateMs, apart }] of this.#deliveryPlans().entries()) {
        const alone = apart ? [message.id, index] : [];
        const name = JSON.stringify([message.targetArn, message.bucketArn, message.key, ...alone]);
        const lane = this.#lanes.get(name);
        if (lane) {
          lane.push({ message, lateMs });
        } else {
          void this.#drain(name, [{ message, lateMs }]);
        }
      }
    }
  }

  /** Resolves when nothing is left to deliver, or at `close`. */
  async idle(): Promise<void> {
    if (this.#lanes.size > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Delivers no more; what is left is delivered after the next start. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  async #drain(name: string, lane: Waiting[]): Promise<void> {
    this.#lanes.set(name, lane);
    for (let next = lane[0]; next && !this.#stop.signal.aborted; next = lane[0]) {
      if (next.lateMs > 0) {
        await this.#wait(next.lateMs);
      }
      await this.#deliver(next.message);
      lane.shift();
    }
    this.#lanes.delete(name);
    if (this.#lanes.size === 0) {
      for (const resolve of this.#waiting.splice(0)) {
        resolve();
      }
    }
  }

  async #deliver(message: PendingMessage): Promise<void> {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      try {
        await this.#notify(message.bucketArn, message.targetArn, message.body);
        this.#store.delivered(message.id);
        return;
      } catch (error) {
        const { targetArn, key } = message;
        this.#log.warn("A target refused an S3 event; it will be tried again.", {
          targetArn,
          key,
          attempt,
          error,
        });
        await this.#wait(backOff(attempt));
      }
    }
  }

  async #wait(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

/** Milliseconds: 50, 100, 200... up to 20 seconds. */
const backOff = (attempt: number): number => Math.min(50 * 2 ** attempt, 20_000);
