/** How long a request may take. The timer starts with the first wait, since most requests of a NONE source never wait. */
export class Deadline {
  readonly #end: number;
  #signal: AbortSignal | undefined;

  constructor(milliseconds: number) {
    this.#end = performance.now() + milliseconds;
  }

  /** Aborts when time is up. */
  get signal(): AbortSignal {
    return (this.#signal ??= AbortSignal.timeout(Math.max(0, Math.ceil(this.#end - performance.now()))));
  }

  /** What the work gives, or what `late` gives once time is up; the work itself is left to end alone. */
  async race<Result>(work: Promise<Result>, late: () => Result): Promise<Result> {
    const { signal } = this;
    if (signal.aborted) {
      work.catch(() => undefined);
      return late();
    }
    const { promise, resolve } = Promise.withResolvers<Result>();
    const expire = () => resolve(late());
    signal.addEventListener("abort", expire, { once: true });
    try {
      return await Promise.race([work, promise]);
    } finally {
      signal.removeEventListener("abort", expire);
    }
  }
}
