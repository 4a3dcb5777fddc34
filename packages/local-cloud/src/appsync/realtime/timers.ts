import type { Ports } from "./ports.ts";

/** The timers of one connection, which are cancelled together. */
export class Timers {
  readonly #schedule: Ports["schedule"];
  readonly #running = new Set<() => void>();

  constructor(schedule: Ports["schedule"]) {
    this.#schedule = schedule;
  }

  /** Runs `task` once, after this many milliseconds. Returns what cancels it. */
  after(milliseconds: number, task: () => void): () => void {
    const cancel = this.#schedule(milliseconds, () => {
      this.#running.delete(cancel);
      task();
    });
    this.#running.add(cancel);
    return () => {
      this.#running.delete(cancel);
      cancel();
    };
  }

  /** Cancels the timers that have not fired. */
  cancel(): void {
    for (const cancel of this.#running) {
      cancel();
    }
    this.#running.clear();
  }
}
