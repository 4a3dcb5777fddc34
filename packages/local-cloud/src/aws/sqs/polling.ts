import { AwsError, type Clock } from "../../base/service.ts";
import { Attempts } from "./attempts.ts";
import { InFlight } from "./in-flight.ts";
import type { Queue } from "./queues.ts";
import type { StoredMessage } from "./model.ts";
import type { Store } from "./store.ts";

export interface Poll {
  readonly queue: Queue;
  readonly max: number;
  /** Seconds. */
  readonly wait: number;
  readonly visibilityTimeout: number;
  /** For FIFO queues: a call with the same id gets the same messages again. */
  readonly attemptId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Receives messages. A long poll waits until a message becomes visible, or until its wait time is over. */
export class Polling {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #inFlight: InFlight;
  readonly #attempts: Attempts;
  readonly #sleepers = new Map<string, Set<() => void>>();
  #stopped = false;

  constructor(store: Store, clock: Clock, maxInFlight?: number) {
    this.#store = store;
    this.#clock = clock;
    this.#inFlight = new InFlight(store, maxInFlight);
    this.#attempts = new Attempts(store);
  }

  /**
   * Rejects when the signal is aborted, and receives nothing. At the limit of messages in flight, a short poll of a
   * standard queue is refused. A long poll, and any poll of a FIFO queue, gets no messages.
   */
  async receive(poll: Poll): Promise<StoredMessage[]> {
    const { queue, wait, signal } = poll;
    const again = this.#attempts.again(poll, this.#clock());
    if (again !== undefined) {
      return again;
    }
    const end = this.#clock() + wait * 1000;
    for (;;) {
      signal?.throwIfAborted();
      const now = this.#clock();
      const room = this.#inFlight.room(queue, now);
      if (room === 0 && wait === 0 && queue.fifo === undefined) {
        throw overLimit(queue);
      }
      const messages = this.#take(poll, room, now);
      if (messages.length > 0 || now >= end || this.#stopped) {
        this.#attempts.note(poll, messages, now);
        return messages;
      }
      // A deletion makes room, but does not wake the poll.
      const next = room === 0 ? now + 1000 : (this.#store.nextVisible(queue, now) ?? end);
      await this.#sleep(queue, Math.max(1, Math.min(end, next) - now), signal);
    }
  }

  #take({ queue, max, visibilityTimeout }: Poll, room: number, now: number): StoredMessage[] {
    if (this.#stopped || room === 0) {
      return [];
    }
    const messages = this.#store.receive(queue, Math.min(max, room), now, visibilityTimeout);
    this.#inFlight.add(queue, messages.length);
    return messages;
  }

  /** Wakes the polls of a queue, after a change of when its messages are visible. */
  wake(queueArn: string): void {
    for (const rouse of [...(this.#sleepers.get(queueArn) ?? [])]) {
      rouse();
    }
  }

  /** Ends every waiting poll without messages. */
  stop(): void {
    this.#stopped = true;
    for (const queueArn of this.#sleepers.keys()) {
      this.wake(queueArn);
    }
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

function overLimit({ name }: Queue): AwsError {
  return new AwsError("OverLimit", `Too many messages in flight for queue ${name}.`, 403);
}
