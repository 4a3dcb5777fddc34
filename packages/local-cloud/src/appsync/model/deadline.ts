import type { Clock } from "../../base/service.ts";

/** Runs `task` once, so many milliseconds from now; returns how to call it off. */
export type Schedule = (milliseconds: number, task: () => void) => () => void;

/** How long a request may take. The timer starts with the first wait, since most requests of a NONE source never wait. */
export class Deadline {
  readonly #end: number;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  #timer: { readonly signal: AbortSignal; readonly cancel: () => void } | undefined;

  constructor(milliseconds: number, clock: Clock, schedule: Schedule) {
    this.#end = clock() + milliseconds;
    this.#clock = clock;
    this.#schedule = schedule;
  }

  /** Whether time is up, also where busy code has kept the timer from saying so. */
  get over(): boolean {
    return this.#timer?.signal.aborted === true || this.#clock() >= this.#end;
  }

  /** Aborts when time is up. */
  get signal(): AbortSignal {
    this.#timer ??= this.#start();
    return this.#timer.signal;
  }

  /** The request is answered: no timer stays behind. */
  stop(): void {
    this.#timer?.cancel();
  }

  /** What the work gives, or what `late` gives once time is up; the work itself is left to end alone. */
  async race<Result>(work: Promise<Result>, late: () => Result): Promise<Result> {
    const { signal } = this;
    if (this.over) {
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

  #start() {
    const controller = new AbortController();
    const left = Math.max(0, Math.ceil(this.#end - this.#clock()));
    return { signal: controller.signal, cancel: this.#schedule(left, () => controller.abort()) };
  }
}
