import type { Graph } from "../base/graph.ts";
import type { Meter } from "../base/meter.ts";
import type { Clock, Log, Storage } from "../base/service.ts";
import type { Iam } from "./iam/index.ts";
import { type Backoff, isAborted } from "./lambda/mappings/retry.ts";
import type { Wait } from "./scheduler/pace.ts";
import type { Targets } from "./targets.ts";

/** What a service needs that stores events and delivers them to targets. */
export interface DeliveringOptions {
  readonly graph: Graph;
  readonly iam: Pick<Iam, "authorize">;
  readonly targets: Targets;
  readonly storage: Storage;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter?: Meter | undefined;
  readonly wait?: Wait | undefined;
  readonly backoff?: Backoff | undefined;
}

/** Runs deliveries with their retries, and tracks the running ones. */
export class Deliveries {
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #clock: Clock;
  readonly #wait: Wait;

  constructor({ clock, wait }: { readonly clock: Clock; readonly wait: Wait }) {
    this.#clock = clock;
    this.#wait = wait;
  }

  get stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** Calls `attempt` when the delivery is due, and again for each retry that it returns. A stop ends it early. */
  async repeat<Delivery extends { readonly dueAt: number }>(
    first: Delivery,
    attempt: (delivery: Delivery) => Promise<Delivery | undefined>,
  ): Promise<void> {
    const { signal } = this.#stopping;
    let next: Delivery | undefined = first;
    while (next !== undefined) {
      if (!isAborted(signal) && next.dueAt > this.#clock()) {
        await this.#wait(next.dueAt - this.#clock(), signal);
      }
      if (isAborted(signal)) {
        return;
      }
      next = await attempt(next);
    }
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
    }
  }

  /** Resolves when the running attempts have ended. Waiting retries continue after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.idle();
  }
}
