import type { Clock } from "../../base/service.ts";

export interface LogEvent {
  /** Of all groups, in the order of arrival. */
  readonly id: number;
  readonly logStream: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly message: string;
}

interface Kept {
  readonly events: LogEvent[];
  bytes: number;
}

export const maxEvents = 10_000;
export const maxBytes = 4_194_304;

/** The last lines of each log group, in memory. */
export class LogStore {
  readonly #clock: Clock;
  readonly #groups: Map<string, Kept>;
  #last = 0;

  /** `declared` exist without a line. Other groups exist from their first line on, as Lambda and AppSync create them. */
  constructor(declared: Iterable<string>, clock: Clock) {
    this.#clock = clock;
    this.#groups = new Map([...declared].map((name) => [name, { events: [], bytes: 0 }]));
  }

  line(logGroup: string, logStream: string, message: string): void {
    const kept = this.#groups.get(logGroup) ?? { events: [], bytes: 0 };
    this.#groups.set(logGroup, kept);
    this.#last += 1;
    kept.events.push({ id: this.#last, logStream, at: this.#clock(), message });
    kept.bytes += Buffer.byteLength(message);
    while (kept.events.length > maxEvents || (kept.bytes > maxBytes && kept.events.length > 1)) {
      kept.bytes -= Buffer.byteLength(kept.events.shift()?.message ?? "");
    }
  }

  groups(): string[] {
    return [...this.#groups.keys()].sort();
  }

  /** Oldest first. Undefined for a group that does not exist. */
  events(logGroup: string): readonly LogEvent[] | undefined {
    return this.#groups.get(logGroup)?.events;
  }

  bytes(logGroup: string): number {
    return this.#groups.get(logGroup)?.bytes ?? 0;
  }
}
