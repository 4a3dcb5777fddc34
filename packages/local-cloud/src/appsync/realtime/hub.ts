import type { Filter } from "./filter.ts";

export interface SubscriptionAbout {
  /** The username, the role or the kind of the caller. */
  readonly caller: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** One registered subscription. */
export interface Subscription {
  /** A field of the type Subscription. */
  readonly field: string;
  readonly matches: Filter;
  /** For those who look at what is open. */
  readonly about: SubscriptionAbout;
  /** From `setSubscriptionInvalidationFilter`. Without a filter, nothing invalidates the subscription. */
  readonly invalidatedBy: Filter | undefined;
  /** Takes a payload that matches. Must not throw. */
  readonly deliver: (payload: unknown) => void;
  /** Must remove the subscription. */
  readonly invalidate: () => void;
}

/** All subscriptions of all connections. Delivers the payloads of mutations to the subscriptions that they match. */
export class Hub {
  readonly #byField = new Map<string, Set<Subscription>>();

  /** Returns what removes it. */
  add(subscription: Subscription): () => void {
    const { field } = subscription;
    const all = this.#byField.get(field) ?? new Set();
    this.#byField.set(field, all.add(subscription));
    return () => {
      all.delete(subscription);
      if (all.size === 0 && this.#byField.get(field) === all) {
        this.#byField.delete(field);
      }
    };
  }

  /** All subscriptions that are open. */
  get open(): readonly Subscription[] {
    return [...this.#byField.values()].flatMap((all) => [...all]);
  }

  /** Returns to how many subscriptions. */
  publish(field: string, payload: unknown): number {
    let count = 0;
    for (const subscription of [...(this.#byField.get(field) ?? [])]) {
      if (subscription.matches(payload)) {
        subscription.deliver(payload);
        count += 1;
      }
    }
    return count;
  }

  invalidate(field: string, payload: unknown): void {
    for (const subscription of [...(this.#byField.get(field) ?? [])]) {
      if (subscription.invalidatedBy?.(payload)) {
        subscription.invalidate();
      }
    }
  }
}
