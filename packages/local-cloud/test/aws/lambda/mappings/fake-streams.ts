import { AwsError, type Executor, type Principal } from "../../../../src/base/service.ts";

interface Shard {
  readonly id: string;
  readonly parent: string | undefined;
  readonly records: { readonly sequence: number; readonly record: object }[];
  closed: boolean;
}

/** One table's stream in memory, of as many shards as the test makes. Sequence numbers are small and have gaps. */
export class FakeStreams implements Executor {
  readonly calls: { readonly operation: string; readonly principal: Principal }[] = [];
  readonly #shards: Shard[] = [];
  readonly #listeners = new Set<(tables: readonly string[]) => void>();
  readonly #expired = new Set<string>();
  #sequence = 0;
  #iterators = 0;

  constructor(...shards: readonly string[]) {
    for (const id of shards) {
      this.split(id);
    }
  }

  /** A new shard; its parent, if any, closes. */
  split(id: string, parent?: string): void {
    const closing = this.#shards.find((shard) => shard.id === parent);
    if (closing) {
      closing.closed = true;
    }
    this.#shards.push({ id, parent, records: [], closed: false });
  }

  /** Writes an item `{pk, n}` and notifies the listeners. Returns the record's sequence number. */
  write(
    pk: string,
    n: number,
    options: { readonly shard?: string; readonly at?: number; readonly ttl?: boolean } = {},
  ): string {
    const sequence = (this.#sequence += 7);
    const keys = { pk: { S: pk } };
    const record = {
      eventID: `event-${sequence}`,
      eventName: "INSERT",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "elsewhere",
      dynamodb: {
        ApproximateCreationDateTime: options.at ?? Date.now() / 1000,
        Keys: keys,
        NewImage: { ...keys, n: { N: String(n) } },
        SequenceNumber: String(sequence),
        SizeBytes: 10,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
      userIdentity: options.ttl
        ? { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" }
        : { Type: "User" },
    };
    this.#shards
      .find(({ id }) => id === (options.shard ?? this.#shards[0]?.id))
      ?.records.push({ sequence, record });
    for (const listener of this.#listeners) {
      listener(["items"]);
    }
    return String(sequence);
  }

  /** Makes every iterator handed out so far lapse. */
  expireIterators(): void {
    for (let each = 1; each <= this.#iterators; each++) {
      this.#expired.add(String(each));
    }
  }

  readonly onWrite = (listener: (tables: readonly string[]) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  execute(
    principal: Principal,
    operation: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Record<string, unknown>> {
    this.calls.push({ operation, principal });
    // As a socket would: never in the same turn.
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          resolve(this.#answer(operation, input));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  #answer(operation: string, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
    switch (operation) {
      case "DescribeStream":
        return { StreamDescription: this.#describe(input["ExclusiveStartShardId"] as string | undefined) };
      case "GetShardIterator": {
        const after = input["ShardIteratorType"] === "TRIM_HORIZON" ? 0 : Number(input["SequenceNumber"]);
        return { ShardIterator: this.#iterator(input["ShardId"] as string, after) };
      }
      case "GetRecords":
        return this.#records(input["ShardIterator"] as string, input["Limit"] as number);
      default:
        throw new Error(`no ${operation} here`);
    }
  }

  /** One shard a page. */
  #describe(after: string | undefined): object {
    const at = after === undefined ? 0 : this.#shards.findIndex(({ id }) => id === after) + 1;
    const shard = this.#shards[at];
    return {
      Shards: shard && [
        {
          ShardId: shard.id,
          ...(shard.parent !== undefined && { ParentShardId: shard.parent }),
          SequenceNumberRange: {
            StartingSequenceNumber: "0",
            ...(shard.closed && { EndingSequenceNumber: "999" }),
          },
        },
      ],
      ...(at < this.#shards.length - 1 && { LastEvaluatedShardId: shard?.id }),
    };
  }

  #records(iterator: string, limit: number): Record<string, unknown> {
    const [number = "", shardId, after] = iterator.split("|");
    if (this.#expired.has(number)) {
      throw new AwsError("ExpiredIteratorException", "Iterator expired");
    }
    const shard = this.#shards.find(({ id }) => id === shardId);
    const rest = shard?.records.filter(({ sequence }) => sequence > Number(after)) ?? [];
    const page = rest.slice(0, Math.min(limit, 5));
    const end = shard?.closed && page.length === rest.length;
    return {
      Records: page.map(({ record }) => record),
      ...(!end && {
        NextShardIterator: this.#iterator(shardId ?? "", page.at(-1)?.sequence ?? Number(after)),
      }),
    };
  }

  #iterator(shardId: string, after: number): string {
    return `${++this.#iterators}|${shardId}|${after}`;
  }
}
