import type { Clock } from "../../base/service.ts";

/** Runs `task` once, after this many milliseconds. Returns what cancels it. */
export type Schedule = (milliseconds: number, task: () => void) => () => void;

/** The time limit of a request. The timer starts with the first wait, since most requests to a NONE source never wait. */
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

  /** True when the time is over, also while busy code keeps the timer from firing. */
  get over(): boolean {
    return this.#timer?.signal.aborted === true || this.#clock() >= this.#end;
  }

  /** Aborts when the time is over. */
  get signal(): AbortSignal {
    this.#timer ??= this.#start();
    return this.#timer.signal;
  }

  /** Cancels the timer, once the request is answered. */
  stop(): void {
    this.#timer?.cancel();
  }

  /** Gives the result of the work, or that of `late` when the time is over. The work itself continues. */
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
