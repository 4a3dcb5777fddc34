/** Wakes whoever waits. What rang between two looks is not missed: the second look returns at once. */
export class Bell {
  #rung = 0;
  #waiting = new Set<() => void>();

  /** Take it before looking for work; hand it to `after` when there was none. */
  get count(): number {
    return this.#rung;
  }

  ring(): void {
    this.#rung++;
    for (const wake of [...this.#waiting]) {
      wake();
    }
  }

  /** Returns once it rang after `count`, or `ms` passed, or the signal aborted. */
  after(count: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#rung > count || signal.aborted) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(ms, 2_147_483_647)).unref();
      signal.addEventListener("abort", wake);
      this.#waiting.add(wake);
    });
  }
}
