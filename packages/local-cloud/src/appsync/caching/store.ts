import type { Clock } from "../../base/service.ts";

interface Entry {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Characters of all entries. `overhead` is what an entry costs beside its text. */
const capacity = 64 * 1_048_576;
const overhead = 256;

/** Values as JSON, each with a time to live. The entries used last stay when there is no room for all. */
export class Store {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #entries = new Map<string, Entry>();
  #size = 0;

  constructor(clock: Clock, limit = capacity) {
    this.#clock = clock;
    this.#capacity = limit;
  }

  /** Each call returns a new copy. */
  get(key: string): { readonly value: unknown } | undefined {
    const entry = this.#live(key);
    if (!entry) {
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return { value: JSON.parse(entry.text) as unknown };
  }

  /** `text` is JSON. */
  set(key: string, text: string, seconds: number): void {
    this.delete(key);
    this.#entries.set(key, { text, until: this.#clock() + seconds * 1_000 });
    this.#size += sizeOf(key, text);
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#capacity) {
        return;
      }
      this.delete(oldest);
    }
  }

  /** Returns whether there was an entry that had not expired. */
  delete(key: string): boolean {
    const live = this.#live(key) !== undefined;
    this.#drop(key);
    return live;
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry && entry.until > this.#clock()) {
      return entry;
    }
    this.#drop(key);
    return undefined;
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) {
      return;
    }
    this.#entries.delete(key);
    this.#size -= sizeOf(key, entry.text);
  }
}

function sizeOf(key: string, text: string): number {
  return key.length + text.length + overhead;
}
