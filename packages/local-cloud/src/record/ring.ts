/** The last values, with growing ids. */
export class Ring<Value extends { readonly id: number }> {
  readonly #max: number;
  #values: Value[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  add(value: Value): void {
    this.#values.push(value);
    // Cut in large pieces: each cut copies.
    if (this.#values.length >= 2 * this.#max) {
      this.#values = this.#values.slice(-this.#max);
    }
  }

  /** The last ones, oldest first. */
  get all(): readonly Value[] {
    return this.#values.slice(-this.#max);
  }
}
