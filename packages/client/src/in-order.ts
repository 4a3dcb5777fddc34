/** An event with its number in its owner's log. */
export interface Numbered {
  readonly seq: number;
}

/**
 * Puts events that arrive twice, late or with gaps in order, without access to the network: `offer` what arrived. If
 * `missing` is true, the log must be read from `position`.
 */
export class InOrder<Event extends Numbered> {
  private last: number;
  private readonly early = new Map<number, Event>();

  /** `last` is the number of the newest known event. */
  constructor(last: number) {
    this.last = last;
  }

  /** The number of the last event that was returned. */
  get position(): number {
    return this.last;
  }

  /** True if an event arrived and earlier ones are missing. */
  get missing(): boolean {
    return this.early.size > 0;
  }

  /** Takes events in any order. Returns those that are next, each once. */
  offer(...events: readonly Event[]): Event[] {
    for (const event of events) {
      if (event.seq > this.last) {
        this.early.set(event.seq, event);
      }
    }
    const ready: Event[] = [];
    for (let next = this.takeNext(); next !== undefined; next = this.takeNext()) {
      ready.push(next);
    }
    return ready;
  }

  /** Continues with this number. The events before it no longer exist. */
  skipTo(seq: number): void {
    this.last = seq - 1;
    for (const early of [...this.early.keys()].filter((number) => number < seq)) {
      this.early.delete(early);
    }
  }

  private takeNext(): Event | undefined {
    const seq = this.last + 1;
    const event = this.early.get(seq);
    if (event) {
      this.early.delete(seq);
      this.last = seq;
    }
    return event;
  }
}
