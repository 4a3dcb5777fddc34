import type { Part } from "./service.ts";

/** The parts of a local cloud by name, in the order in which they are added. */
export class Parts {
  readonly #parts = new Map<string, Part>();
  readonly #onAdd: (stop: () => unknown) => void;

  /** `onAdd` gets what stops each part, so that a boot that fails halfway can stop what it has made. */
  constructor(onAdd: (stop: () => unknown) => void) {
    this.#onAdd = onAdd;
  }

  add<P extends Part>(name: string, part: P): P {
    this.#parts.set(name, part);
    this.#onAdd(() => part.stop?.());
    return part;
  }

  start(): void {
    for (const part of this.#parts.values()) {
      part.start?.();
    }
  }

  /** Settles when all parts are idle. `work` counts what is not the work of a part. */
  idle(work: () => number): Promise<void> {
    const parts = [...this.#parts.values()];
    return allIdle(parts, () => parts.reduce((sum, part) => sum + (part.work?.() ?? 0), work()));
  }
}

/** Work that can give parts something to deliver, counted when it begins and when it ends. */
export class Work {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#count += 1;
    try {
      return await work();
    } finally {
      this.#count += 1;
    }
  }
}

/**
 * Settles when all parts are idle at the same time: each was asked, and meanwhile no work has begun or ended that could
 * have given something to a part that was asked before.
 */
export async function allIdle(parts: readonly Pick<Part, "idle">[], work: () => number): Promise<void> {
  let before: number;
  do {
    before = work();
    for (const part of parts) {
      await part.idle?.();
    }
  } while (work() !== before);
}
