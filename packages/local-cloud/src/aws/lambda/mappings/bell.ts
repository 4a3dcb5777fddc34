/** Resumes its waiters when it rings. A ring between `count` and `after` is not missed: `after` returns immediately. */
export class Bell {
  #rung = 0;
  #waiting = new Set<() => void>();

  /** Read it before the search for work. Pass it to `after` if there was none. */
  get count(): number {
    return this.#rung;
  }

  ring(): void {
    this.#rung++;
    for (const resume of [...this.#waiting]) {
      resume();
    }
  }

  /** Returns after the first ring since `count`, after `ms`, or when the signal aborts. */
  after(count: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#rung > count || signal.aborted) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const resume = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", resume);
        this.#waiting.delete(resume);
        resolve();
      };
      const timer = setTimeout(resume, Math.min(ms, 2_147_483_647)).unref();
      signal.addEventListener("abort", resume);
      this.#waiting.add(resume);
    });
  }
}
