import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../../base/service.ts";
import type { EngineClient, Item } from "./client.ts";
import type { EngineNames } from "./provision.ts";
import type { Table } from "./tables.ts";

export type Names = ReadonlyMap<Table, EngineNames>;

const api = "DynamoDBStreams_20120810";

export interface Streams {
  /** ARN of the stream that the request is about, `*` for ListStreams. Throws for an iterator that is not ours. */
  resourceOf(operation: string, input: Item): string;
  run(operation: string, input: Item, signal?: AbortSignal): Promise<Record<string, unknown>>;
}

/** DynamoDB Streams under the declared ARNs. */
export function createStreams(client: EngineClient, names: Names): Streams {
  const iterators = createIterators();
  const find = (streamArn: string) => {
    for (const [table, { streamArn: engineArn }] of names) {
      if (table.streamArn === streamArn && engineArn !== undefined) {
        return { table, engineArn };
      }
    }
    throw new AwsError(
      "ResourceNotFoundException",
      `Requested resource not found: Stream: ${streamArn} not found`,
    );
  };

  const operations: Readonly<
    Record<string, (input: Item, signal?: AbortSignal) => Promise<Record<string, unknown>>>
  > = {
    ListStreams: ({ TableName }) => {
      const tables = [...names.keys()].filter(
        ({ name, streamArn }) => streamArn !== undefined && (TableName ?? name) === name,
      );
      const Streams = tables.map((table) => ({
        StreamArn: table.streamArn,
        TableName: table.name,
        StreamLabel: table.streamLabel,
      }));
      return Promise.resolve({ Streams });
    },
    DescribeStream: async (input, signal) => {
      const { table, engineArn } = find(String(input["StreamArn"]));
      const { StreamDescription } = await client.send(
        api,
        "DescribeStream",
        { ...input, StreamArn: engineArn },
        signal,
      );
      const { streamArn: StreamArn, streamLabel: StreamLabel, streamViewType: StreamViewType } = table;
      const own = { StreamArn, StreamLabel, StreamViewType };
      return { StreamDescription: { ...(StreamDescription as object), ...own } };
    },
    GetShardIterator: async (input, signal) => {
      const streamArn = String(input["StreamArn"]);
      const { engineArn } = find(streamArn);
      const { ShardIterator } = await client.send(
        api,
        "GetShardIterator",
        { ...input, StreamArn: engineArn },
        signal,
      );
      return { ShardIterator: iterators.seal(streamArn, ShardIterator) };
    },
    GetRecords: async (input, signal) => {
      const { streamArn, inner } = iterators.open(input["ShardIterator"]);
      const { region, streamViewType } = find(streamArn).table;
      const { Records, NextShardIterator } = await client.send(
        api,
        "GetRecords",
        { ...input, ShardIterator: inner },
        signal,
      );
      return {
        Records: (Records as StreamRecord[])
          .filter(changesSomething)
          .map((record) => ({ ...viewed(record, streamViewType), awsRegion: region })),
        ...(NextShardIterator !== undefined && {
          NextShardIterator: iterators.seal(streamArn, NextShardIterator),
        }),
      };
    },
  };

  return {
    resourceOf(operation, input) {
      if (operation === "ListStreams") {
        return "*";
      }
      return operation === "GetRecords"
        ? iterators.open(input["ShardIterator"]).streamArn
        : String(input["StreamArn"]);
    },
    async run(operation, input, signal) {
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (run === undefined) {
        throw new AwsError("UnknownOperationException", `Unknown operation ${operation}`);
      }
      return run(input, signal);
    },
  };
}

interface StreamRecord {
  readonly eventName: string;
  readonly dynamodb: { readonly OldImage?: unknown; readonly NewImage?: unknown };
}

/** The images that the declared stream shows. */
function viewed(record: StreamRecord, streamViewType: string): StreamRecord {
  const { OldImage, NewImage, ...others } = record.dynamodb;
  const old = OldImage !== undefined && /OLD/.test(streamViewType) && { OldImage };
  const new_ = NewImage !== undefined && /NEW/.test(streamViewType) && { NewImage };
  return { ...record, dynamodb: { ...others, ...old, ...new_, StreamViewType: streamViewType } as object };
}

/**
 * A write that changes nothing sends no record on AWS; the engine sends one.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
function changesSomething({ eventName, dynamodb: { OldImage, NewImage } }: StreamRecord): boolean {
  return eventName !== "MODIFY" || !isDeepStrictEqual(unordered(OldImage), unordered(NewImage));
}

/** Sets have no order, though they are written in one. */
function unordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(unordered);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      /^[SNB]S$/.test(key) && Array.isArray(inner)
        ? [key, [...(inner as unknown[])].sort()]
        : [key, unordered(inner)],
    ),
  );
}

/**
 * Shard iterators that name their stream and cannot be forged: permission to read is given by stream, and
 * GetRecords has nothing but the iterator to tell which. Like AWS's they do not outlive a restart for long.
 */
function createIterators() {
  const secret = randomBytes(32);
  const mac = (text: string) => createHmac("sha256", secret).update(text).digest("base64url");
  return {
    seal(streamArn: string, inner: unknown): string {
      const text = Buffer.from(JSON.stringify({ streamArn, inner })).toString("base64url");
      return `${text}.${mac(text)}`;
    },
    open(token: unknown): { readonly streamArn: string; readonly inner: unknown } {
      const [text = "", given = ""] = String(token).split(".");
      const expected = mac(text);
      if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected))) {
        throw new AwsError(
          "ExpiredIteratorException",
          "The shard iterator has expired or was not given here.",
        );
      }
      return JSON.parse(Buffer.from(text, "base64url").toString()) as { streamArn: string; inner: unknown };
    },
  };
}
