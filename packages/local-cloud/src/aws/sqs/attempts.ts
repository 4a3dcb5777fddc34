import type { Handle, StoredMessage } from "./model.ts";
import type { Queue } from "./queues.ts";
import type { Store } from "./store.ts";

/** How long an attempt can be repeated, in milliseconds. */
const repeatMs = 300_000;

interface Attempt {
  readonly at: number;
  readonly handles: readonly Handle[];
}

/**
 * The messages that FIFO queues returned for a `ReceiveRequestAttemptId`. A caller whose connection broke gets the same
 * messages again. A restart deletes these records, and makes every message visible.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-receiverequestattemptid-request-parameter.html
 */
export class Attempts {
  readonly #store: Pick<Store, "renew">;
  readonly #attempts = new Map<string, Attempt>();

  constructor(store: Pick<Store, "renew">) {
    this.#store = store;
  }

  /** The same messages under the same handles, with a new visibility timeout. Undefined if one has changed. */
  again(poll: AttemptedPoll, now: number): StoredMessage[] | undefined {
    const key = keyOf(poll);
    const attempt = key === undefined ? undefined : this.#attempts.get(key);
    if (attempt === undefined || now >= attempt.at + repeatMs) {
      return undefined;
    }
    const messages = this.#store.renew(poll.queue, attempt.handles, now, poll.visibilityTimeout);
    if (messages !== undefined) {
      this.note(poll, messages, now, attempt.at);
    }
    return messages;
  }

  note(poll: AttemptedPoll, messages: readonly StoredMessage[], now: number, at = now): void {
    const key = keyOf(poll);
    for (const [other, attempt] of this.#attempts) {
      if (now >= attempt.at + repeatMs) {
        this.#attempts.delete(other);
      }
    }
    if (key !== undefined && messages.length > 0) {
      const visibleAt = now + poll.visibilityTimeout * 1000;
      this.#attempts.set(key, { at, handles: messages.map(({ receipt }) => ({ receipt, visibleAt })) });
    }
  }
}

interface AttemptedPoll {
  readonly queue: Queue;
  readonly attemptId?: string | undefined;
  readonly visibilityTimeout: number;
}

const keyOf = ({ queue, attemptId }: AttemptedPoll): string | undefined =>
  attemptId === undefined ? undefined : `${queue.arn} ${attemptId}`;
