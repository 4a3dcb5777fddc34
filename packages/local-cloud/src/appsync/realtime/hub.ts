import type { Filter } from "./filter.ts";

/** One registered subscription. */
export interface Subscription {
  /** Of the type Subscription. */
  readonly field: string;
  readonly matches: Filter;
  /** What `setSubscriptionInvalidationFilter` set; without one nothing invalidates. */
  readonly invalidatedBy: Filter | undefined;
  /** Takes a payload that matches. Must not throw. */
  readonly deliver: (payload: unknown) => void;
  /** Must lead to its removal. */
  readonly invalidate: () => void;
}

/** All subscriptions of all connections: what a mutation says goes to those that it matches. */
export class Hub {
  readonly #byField = new Map<string, Set<Subscription>>();

  /** Returns how to remove it. */
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

  publish(field: string, payload: unknown): void {
    for (const subscription of [...(this.#byField.get(field) ?? [])]) {
      if (subscription.matches(payload)) {
        subscription.deliver(payload);
      }
    }
  }

  invalidate(field: string, payload: unknown): void {
    for (const subscription of [...(this.#byField.get(field) ?? [])]) {
      if (subscription.invalidatedBy?.(payload)) {
        subscription.invalidate();
      }
    }
  }
}
