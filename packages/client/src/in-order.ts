/** What an order needs to know of an event: its number in its owner's log. */
export interface Numbered {
  readonly seq: number;
}

/**
 * Puts events that come twice, late or in gaps into their one order. Knows no network: `offer` what came, and read
 * `missing` to learn after which number the log must be asked.
 */
export class InOrder<Event extends Numbered> {
  private last: number | undefined;
  private readonly early = new Map<number, Event>();

  /** `last` is the newest event seen before; without it the first that comes is the first there is. */
  constructor(last?: number) {
    this.last = last;
  }

  /** The number of the last event that was given out. */
  get position(): number | undefined {
    return this.last;
  }

  /** True if an event came whose forerunners have not. */
  get missing(): boolean {
    return this.early.size > 0;
  }

  /** Takes events in any order; gives those whose turn it is, each once. */
  offer(...events: readonly Event[]): Event[] {
    for (const event of events) {
      this.last ??= event.seq - 1;
      if (event.seq > this.last) {
        this.early.set(event.seq, event);
      }
    }
    const ready: Event[] = [];
    for (let next = this.turn(); next !== undefined; next = this.turn()) {
      ready.push(next);
    }
    return ready;
  }

  private turn(): Event | undefined {
    const seq = (this.last ?? 0) + 1;
    const event = this.early.get(seq);
    if (event) {
      this.early.delete(seq);
      this.last = seq;
    }
    return event;
  }
}
