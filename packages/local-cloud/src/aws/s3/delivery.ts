import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../../base/service.ts";
import type { Outbox, PendingMessage } from "./outbox.ts";

/** Delivers one message to a queue, a function, a topic or an event bus. Rejects if the target refuses it. */
export type Notify = (bucketArn: string, targetArn: string, body: string) => Promise<void>;

/** How a message is delivered: after a delay, and after the earlier messages of its key or independently of them. */
export interface DeliveryPlan {
  readonly delayMs: number;
  readonly inOrder: boolean;
}

interface Waiting {
  readonly message: PendingMessage;
  readonly delayMs: number;
}

const once: readonly DeliveryPlan[] = [{ delayMs: 0, inOrder: true }];

/**
 * Delivers the messages of the outbox: each at least once, and those of one key and target one after another. A message
 * that its target refuses is tried again. Later messages of its key wait for it; messages of other keys do not.
 */
export class Deliverer {
  readonly #outbox: Outbox;
  readonly #notify: Notify;
  readonly #log: Log;
  readonly #deliveryPlans: () => readonly DeliveryPlan[];
  readonly #lanes = new Map<string, Waiting[]>();
  readonly #stop = new AbortController();
  readonly #idle: (() => void)[] = [];
  #last = 0;

  /** `deliveryPlans` is called for each message. By default a message has one plan: in order and without delay. */
  constructor(outbox: Outbox, notify: Notify, log: Log, deliveryPlans = () => once) {
    this.#outbox = outbox;
    this.#notify = notify;
    this.#log = log;
    this.#deliveryPlans = deliveryPlans;
  }

  /** Begins to deliver the messages that were added since the last call. The first call begins with all messages. */
  deliverNew(): void {
    if (this.#stop.signal.aborted) {
      return;
    }
    for (const message of this.#outbox.pending(this.#last)) {
      this.#last = message.id;
      for (const [index, plan] of this.#deliveryPlans().entries()) {
        this.#enqueue(message, index, plan);
      }
    }
  }

  /** Resolves when nothing is left to deliver, or after `close`. */
  async idle(): Promise<void> {
    if (this.#lanes.size > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  /** Stops all deliveries. The next start delivers what remains. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  #enqueue(message: PendingMessage, index: number, { delayMs, inOrder }: DeliveryPlan): void {
    const own = inOrder ? [] : [message.id, index];
    const name = JSON.stringify([message.targetArn, message.bucketArn, message.key, ...own]);
    const lane = this.#lanes.get(name);
    if (lane) {
      lane.push({ message, delayMs });
    } else {
      void this.#drain(name, [{ message, delayMs }]);
    }
  }

  async #drain(name: string, lane: Waiting[]): Promise<void> {
    this.#lanes.set(name, lane);
    for (let next = lane[0]; next && !this.#stop.signal.aborted; next = lane[0]) {
      if (next.delayMs > 0) {
        await this.#wait(next.delayMs);
      }
      await this.#deliver(next.message);
      lane.shift();
    }
    this.#lanes.delete(name);
    if (this.#lanes.size === 0) {
      for (const resolve of this.#idle.splice(0)) {
        resolve();
      }
    }
  }

  async #deliver(message: PendingMessage): Promise<void> {
    const { bucketArn, targetArn, key, body } = message;
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      try {
        await this.#notify(bucketArn, targetArn, body);
        this.#outbox.remove(message.id);
        return;
      } catch (error) {
        this.#log.warn("A target refused an S3 event; it is tried again.", {
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
    await pause(milliseconds, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

/** Milliseconds: 50, 100, 200... up to 20 seconds. */
const backOff = (attempt: number): number => Math.min(50 * 2 ** attempt, 20_000);
