import type { Clock, Executor, Invocation, Log, Principal } from "../../../base/service.ts";
import type { Work } from "../../../base/parts.ts";
import type { S3 } from "../../s3/index.ts";
import { Bell } from "./bell.ts";
import type { Checkpoint, Checkpoints } from "./checkpoints.ts";
import { deliver } from "./deliver.ts";
import { reporter } from "./failure.ts";
import { sequenceOf } from "./records.ts";
import { type Backoff, isAborted, pause } from "./retry.ts";
import type { StreamMapping } from "./settings.ts";
import { ShardReader } from "./shard.ts";
import { type Shard, StreamSource } from "./source.ts";

export interface StreamPollerOptions {
  readonly mapping: StreamMapping;
  readonly principal: Principal;
  readonly invoke: (event: unknown) => Promise<Invocation & { readonly requestId: string }>;
  readonly work: Work;
  readonly dynamodb: Executor;
  readonly sqs: Executor;
  readonly s3: Pick<S3, "write">;
  readonly checkpoints: Checkpoints;
  readonly written: Bell;
  readonly clock: Clock;
  readonly log: Log;
  readonly pollMs: number;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
}

/** Reads the shards of a stream. A child is read after all records of its parent are handled. */
export class StreamPoller {
  readonly #options: StreamPollerOptions;
  readonly #source: StreamSource;
  readonly #readers = new Map<string, ShardReader>();
  readonly #running = new Set<Promise<void>>();
  readonly #changed = new Bell();
  readonly #state: Map<string, Checkpoint>;
  /** Called after the next description of the stream. */
  #described: (() => void)[] = [];

  constructor(options: StreamPollerOptions) {
    const { dynamodb, principal, mapping, signal, checkpoints } = options;
    this.#options = options;
    this.#source = new StreamSource(dynamodb, principal, mapping.sourceArn, signal);
    this.#state = checkpoints.load(mapping.urn, mapping.sourceArn);
  }

  /** Returns when the signal has aborted and all readers have ended. */
  async run(): Promise<void> {
    const { signal, pollMs, log, mapping, backoff } = this.#options;
    for (let faults = 0; !signal.aborted;) {
      const count = this.#changed.count;
      const waiting = this.#described.length;
      try {
        await this.#discover();
        faults = 0;
        for (const resolve of this.#described.splice(0, waiting)) {
          resolve();
        }
        await this.#changed.after(count, pollMs * (this.#readers.size > 0 ? 10 : 1), signal);
      } catch (error) {
        if (isAborted(signal)) {
          break;
        }
        log.error("the stream cannot be described", { mapping: mapping.name, error: String(error) });
        await pause(backoff(++faults), signal);
      }
    }
    await Promise.all(this.#running);
    for (const resolve of this.#described.splice(0)) {
      resolve();
    }
  }

  /** Settles when all shards are empty and no batch is being delivered. */
  async idle(): Promise<void> {
    let readers: readonly ShardReader[];
    do {
      await this.#rediscovered();
      readers = [...this.#readers.values()];
      await Promise.all(readers.map((reader) => reader.idle()));
      // A shard that has closed since may have children.
    } while (!readers.every((reader) => reader.reading));
  }

  #rediscovered(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#options.signal.aborted) {
        resolve();
        return;
      }
      this.#described.push(resolve);
      this.#changed.ring();
    });
  }

  async #discover(): Promise<void> {
    const shards = await this.#source.shards();
    if (this.#state.size === 0 && this.#options.mapping.startingPosition === "LATEST") {
      for (const shard of shards) {
        this.#save(shard.id, await this.#latest(shard));
      }
    }
    const open = (id: string): boolean => !this.#state.get(id)?.closed;
    const waits = (parent: string | undefined): boolean =>
      parent !== undefined && open(parent) && shards.some(({ id }) => id === parent);
    for (const { id, parent } of shards) {
      if (open(id) && !this.#readers.has(id) && !waits(parent)) {
        this.#read(id);
      }
    }
  }

  #read(shardId: string): void {
    const { mapping, work } = this.#options;
    const discard = reporter(mapping, shardId, this.#options);
    const reader = new ShardReader({
      ...this.#options,
      shardId,
      source: this.#source,
      checkpoint: this.#state.get(shardId),
      save: (checkpoint) => this.#save(shardId, checkpoint),
      deliver: (batch, done) => work.during(() => deliver(batch, { ...this.#options, done, discard })),
    });
    this.#readers.set(shardId, reader);
    const running = reader.run().then(() => {
      this.#readers.delete(shardId);
      this.#running.delete(running);
      this.#changed.ring();
    });
    this.#running.add(running);
  }

  /**
   * LATEST is the end of the stream when the mapping runs for the first time. It is saved as a checkpoint, so that
   * records that are written while this cloud is down are not skipped at the next start.
   */
  async #latest({ id, closed }: Shard): Promise<Checkpoint> {
    if (closed) {
      return { closed };
    }
    let last: string | undefined;
    let iterator: string | undefined = await this.#source.iterator(id, undefined);
    while (iterator !== undefined) {
      const { records, next } = await this.#source.page(iterator);
      const end = records.at(-1);
      if (!end) {
        break;
      }
      last = sequenceOf(end);
      iterator = next;
    }
    return { ...(last !== undefined && { sequenceNumber: last }), closed: false };
  }

  #save(shardId: string, checkpoint: Checkpoint): void {
    const { checkpoints, mapping } = this.#options;
    this.#state.set(shardId, checkpoint);
    checkpoints.save(mapping.urn, mapping.sourceArn, shardId, checkpoint);
  }
}
