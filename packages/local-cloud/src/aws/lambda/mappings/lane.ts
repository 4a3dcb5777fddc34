import { createHash } from "node:crypto";
import { Bell } from "./bell.ts";
import type { StreamRecord } from "./records.ts";
import { chunksOf } from "./response.ts";
import { isAborted } from "./retry.ts";

export interface LaneOptions {
  readonly batchSize: number;
  readonly windowMs: number;
  readonly signal: AbortSignal;
  readonly deliver: (batch: readonly StreamRecord[]) => Promise<void>;
}

/** One of the concurrent batches of a shard (`parallelizationFactor`). Delivers its records in order, one batch at a time. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #arrival = new Bell();
  #queue: StreamRecord[] = [];
  /** Settles when the queue is empty. Undefined while it is empty. */
  #draining: Promise<void> | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  push(record: StreamRecord): void {
    this.#queue.push(record);
    this.#arrival.ring();
    // In the next turn of the event loop, so that the records of a page are one batch.
    this.#draining ??= Promise.resolve()
      .then(() => this.#drain())
      .finally(() => (this.#draining = undefined));
  }

  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    const { signal, deliver, batchSize } = this.#options;
    while (this.#queue.length > 0 && !signal.aborted) {
      await this.#fill();
      if (isAborted(signal)) {
        return;
      }
      const [batch = []] = chunksOf(this.#queue.slice(0, batchSize));
      this.#queue.splice(0, batch.length);
      await deliver(batch);
    }
  }

  /** Waits until a batch is full or the batching window has passed. */
  async #fill(): Promise<void> {
    const { signal, batchSize, windowMs } = this.#options;
    const end = performance.now() + windowMs;
    for (
      let left = windowMs;
      left > 0 && this.#queue.length < batchSize && !signal.aborted;
      left = end - performance.now()
    ) {
      await this.#arrival.after(this.#arrival.count, left, signal);
    }
  }
}

/**
 * Records of one item share a lane, so that they keep their order. Those of different items with the same partition key
 * do not (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html, polling and batching streams).
 */
export function laneOf(record: StreamRecord, lanes: number): number {
  if (lanes === 1) {
    return 0;
  }
  const key = JSON.stringify(Object.entries(record.dynamodb.Keys ?? {}).sort());
  return createHash("sha256").update(key).digest().readUInt32BE() % lanes;
}

/** The records of a shard that were read and are not behind the checkpoint, in the order of the stream. */
export class Progress {
  readonly #done = new Map<string, boolean>();

  /** The number of these records. */
  get size(): number {
    return this.#done.size;
  }

  begin(sequenceNumber: string): void {
    this.#done.set(sequenceNumber, false);
  }

  /** Returns the new checkpoint: the last record before which all are finished. Undefined if it stays. */
  finish(sequenceNumbers: readonly string[]): string | undefined {
    for (const each of sequenceNumbers) {
      this.#done.set(each, true);
    }
    let checkpoint: string | undefined;
    for (const [each, done] of this.#done) {
      if (!done) {
        break;
      }
      this.#done.delete(each);
      checkpoint = each;
    }
    return checkpoint;
  }
}
