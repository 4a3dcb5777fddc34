import type { Log } from "../../../base/service.ts";
import { Bell } from "./bell.ts";
import type { Checkpoint } from "./checkpoints.ts";
import { Lane, laneOf, Progress } from "./lane.ts";
import { eventRecord, sequenceOf, type StreamRecord } from "./records.ts";
import { type Backoff, isAborted, pause } from "./retry.ts";
import type { StreamMapping } from "./settings.ts";
import { isExpired, type Page, type StreamSource } from "./source.ts";

export interface ShardReaderOptions {
  readonly mapping: StreamMapping;
  readonly shardId: string;
  readonly checkpoint: Checkpoint | undefined;
  readonly source: StreamSource;
  /** Rings when the table may have new records. */
  readonly written: Bell;
  /** How often to read records of other writers. */
  readonly pollMs: number;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly save: (checkpoint: Checkpoint) => void;
  /** Delivers a batch to the function. Calls `done` with records that are handled or discarded. */
  readonly deliver: (
    batch: readonly StreamRecord[],
    done: (records: readonly StreamRecord[]) => void,
  ) => Promise<void>;
}

/** Reads a shard to its end, or until the signal aborts, and saves its checkpoint. */
export class ShardReader {
  readonly #options: ShardReaderOptions;
  readonly #lanes: readonly Lane[];
  readonly #progress = new Progress();
  readonly #freed = new Bell();
  #idle: { readonly since: number; readonly resolve: () => void }[] = [];
  #reads = 0;
  #ended = false;
  /** The last record that was read, handled or not. */
  #last: string | undefined;

  constructor(options: ShardReaderOptions) {
    this.#options = options;
    this.#last = options.checkpoint?.sequenceNumber;
    const { batchSize, windowMs, parallelization } = options.mapping;
    const deliver = (batch: readonly StreamRecord[]): Promise<void> =>
      options.deliver(batch, (records) => this.#finish(records.map(sequenceOf)));
    this.#lanes = Array.from(
      { length: parallelization },
      () => new Lane({ batchSize, windowMs, deliver, signal: options.signal }),
    );
  }

  /** False after the end of the shard, or when the signal has aborted. */
  get reading(): boolean {
    return !this.#ended;
  }

  /** Returns true if the shard has closed and all its records are handled or discarded. */
  async run(): Promise<boolean> {
    const { signal, written, pollMs } = this.#options;
    let iterator: string | undefined;
    try {
      while (!signal.aborted) {
        const count = written.count;
        const page = await this.#read(iterator);
        if (!page) {
          continue;
        }
        for (const record of page.records) {
          this.#take(record);
        }
        if (page.next === undefined) {
          return await this.#close();
        }
        iterator = page.next;
        if (page.records.length === 0) {
          this.#settleIdle();
          await written.after(count, pollMs, signal);
        } else {
          await this.#room();
        }
      }
      return false;
    } finally {
      this.#ended = true;
      await Promise.all(this.#lanes.map((lane) => lane.idle()));
      for (const { resolve } of this.#idle.splice(0)) {
        resolve();
      }
    }
  }

  /** Settles after a read that begins after this call and finds nothing, while no record is being delivered. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ended) {
        resolve();
        return;
      }
      this.#idle.push({ since: this.#reads, resolve });
      this.#options.written.ring();
    });
  }

  /** A page. Undefined if the next read must begin again after an error. */
  async #read(iterator: string | undefined): Promise<Page | undefined> {
    const { source, shardId, signal, log, backoff, mapping } = this.#options;
    this.#reads++;
    for (let attempt = 1, at = iterator; !signal.aborted; attempt++) {
      try {
        return await source.page(at ?? (await source.iterator(shardId, this.#last)));
      } catch (error) {
        if (isAborted(signal)) {
          return undefined;
        }
        at = undefined;
        if (isExpired(error, "ExpiredIterator")) {
          continue;
        }
        const fields = { mapping: mapping.name, shardId, error: String(error) };
        if (isExpired(error, "TrimmedDataAccess")) {
          log.error("records expired before they were read", { ...fields, after: this.#last });
          this.#last = undefined;
        } else {
          log.error("the stream cannot be read", fields);
        }
        await pause(backoff(attempt), signal);
      }
    }
    return undefined;
  }

  #take(record: StreamRecord): void {
    const { mapping } = this.#options;
    const sequence = sequenceOf(record);
    this.#last = sequence;
    this.#progress.begin(sequence);
    if (mapping.filter(eventRecord(record, mapping))) {
      this.#lanes[laneOf(record, mapping.parallelization)]?.push(record);
    } else {
      this.#finish([sequence]);
    }
  }

  #finish(sequences: readonly string[]): void {
    const checkpoint = this.#progress.finish(sequences);
    if (checkpoint !== undefined) {
      this.#options.save({ sequenceNumber: checkpoint, closed: false });
    }
    this.#freed.ring();
    if (this.#progress.size === 0 && this.#idle.length > 0) {
      this.#options.written.ring();
    }
  }

  /** Waits while as many records are unfinished as two batches of every lane. */
  async #room(): Promise<void> {
    const { mapping, signal } = this.#options;
    const limit = 2 * mapping.batchSize * mapping.parallelization;
    while (this.#progress.size >= limit && !signal.aborted) {
      await this.#freed.after(this.#freed.count, Infinity, signal);
    }
  }

  async #close(): Promise<boolean> {
    await Promise.all(this.#lanes.map((lane) => lane.idle()));
    if (this.#options.signal.aborted) {
      return false;
    }
    this.#options.save({ ...(this.#last !== undefined && { sequenceNumber: this.#last }), closed: true });
    return true;
  }

  #settleIdle(): void {
    if (this.#progress.size > 0) {
      return;
    }
    for (const { resolve } of this.#idle.filter(({ since }) => since < this.#reads)) {
      resolve();
    }
    this.#idle = this.#idle.filter(({ since }) => since >= this.#reads);
  }
}
