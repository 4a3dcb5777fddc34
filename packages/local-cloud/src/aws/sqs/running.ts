/** The requests that run now. The store is closed only after the last one. */
export class Running {
  readonly #work = new Set<Promise<unknown>>();

  async track<Result>(work: Promise<Result>): Promise<Result> {
    this.#work.add(work);
    try {
      return await work;
    } finally {
      this.#work.delete(work);
    }
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#work);
  }
}
