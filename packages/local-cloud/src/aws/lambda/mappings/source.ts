import { AwsError, type Executor, type Principal } from "../../../base/service.ts";
import type { StreamRecord } from "./records.ts";

export interface Shard {
  readonly id: string;
  readonly parent: string | undefined;
  /** A closed shard gets no more records. */
  readonly closed: boolean;
}

export interface Page {
  readonly records: readonly StreamRecord[];
  /** Undefined at the end of a closed shard. */
  readonly next: string | undefined;
}

/** The maximum number of records that GetRecords returns. */
const PAGE_SIZE = 1000;

/** A DynamoDB stream, read with the function's role. */
export class StreamSource {
  readonly #execute: (
    operation: string,
    input: Readonly<Record<string, unknown>>,
  ) => Promise<Record<string, unknown>>;
  readonly #streamArn: string;

  constructor(dynamodb: Executor, principal: Principal, streamArn: string, signal: AbortSignal) {
    this.#execute = (operation, input) => dynamodb.execute(principal, operation, input, signal);
    this.#streamArn = streamArn;
  }

  /** All shards of the last 24 hours. */
  async shards(): Promise<readonly Shard[]> {
    const shards: Shard[] = [];
    let last: unknown;
    do {
      const answer = await this.#execute("DescribeStream", {
        StreamArn: this.#streamArn,
        ...(last !== undefined && { ExclusiveStartShardId: last }),
      });
      const description = answer["StreamDescription"] as StreamDescription;
      shards.push(...(description.Shards ?? []).map(shardOf));
      last = description.LastEvaluatedShardId;
    } while (last !== undefined);
    return shards;
  }

  /** An iterator after the given record, or at the beginning of the shard. */
  async iterator(shardId: string, after: string | undefined): Promise<string> {
    const position =
      after === undefined
        ? { ShardIteratorType: "TRIM_HORIZON" }
        : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after };
    const answer = await this.#execute("GetShardIterator", {
      StreamArn: this.#streamArn,
      ShardId: shardId,
      ...position,
    });
    return answer["ShardIterator"] as string;
  }

  async page(iterator: string): Promise<Page> {
    const answer = await this.#execute("GetRecords", { ShardIterator: iterator, Limit: PAGE_SIZE });
    return {
      records: (answer["Records"] ?? []) as readonly StreamRecord[],
      next: (answer["NextShardIterator"] ?? undefined) as string | undefined,
    };
  }
}

/** Whether the iterator expired (after 15 minutes), or its records did (after 24 hours). */
export function isExpired(error: unknown, what: "ExpiredIterator" | "TrimmedDataAccess"): boolean {
  return error instanceof AwsError && error.code.split("#").at(-1) === `${what}Exception`;
}

interface StreamDescription {
  readonly Shards?: readonly {
    readonly ShardId: string;
    readonly ParentShardId?: string;
    readonly SequenceNumberRange?: { readonly EndingSequenceNumber?: string };
  }[];
  readonly LastEvaluatedShardId?: string;
}

function shardOf(shard: NonNullable<StreamDescription["Shards"]>[number]): Shard {
  return {
    id: shard.ShardId,
    parent: shard.ParentShardId,
    closed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
  };
}
