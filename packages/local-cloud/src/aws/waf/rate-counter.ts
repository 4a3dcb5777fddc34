import { createHash } from "node:crypto";
import type { Clock } from "../../base/service.ts";

/** Parts of a window. What happened in a part is forgotten at once. */
const parts = 30;

const maxKeys = 10_000;

/** Counts what happens for a key in the last seconds. AWS's own counts lag by up to half a minute. */
export class RateCounter {
  readonly #clock: Clock;
  readonly #partMs: number;
  /** By the digest of a key, which may be a secret: how often by part. */
  readonly #counts = new Map<string, Map<number, number>>();

  constructor(seconds: number, clock: Clock) {
    this.#clock = clock;
    this.#partMs = (seconds * 1000) / parts;
  }

  /** Counts once more. Returns the count of the window. */
  add(key: string): number {
    const now = Math.floor(this.#clock() / this.#partMs);
    const digest = createHash("sha256").update(key).digest("base64");
    const counts = this.#counts.get(digest) ?? new Map<number, number>();
    this.#counts.delete(digest);
    this.#counts.set(digest, counts);
    counts.set(now, (counts.get(now) ?? 0) + 1);
    if (this.#counts.size > maxKeys) {
      this.#counts.delete(this.#counts.keys().next().value ?? "");
    }
    let sum = 0;
    for (const [part, count] of counts) {
      if (part <= now - parts) {
        counts.delete(part);
      } else {
        sum += count;
      }
    }
    return sum;
  }
}
