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

  /** Settles when each part is idle, and none has given another something to do meanwhile, as `work` counts it. */
  async idle(work: () => number): Promise<void> {
    let before: number;
    do {
      before = work();
      for (const part of this.#parts.values()) {
        await part.idle?.();
      }
    } while (work() !== before);
  }
}
