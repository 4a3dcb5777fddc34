import { AwsError } from "../../base/service.ts";
import type { EngineClient, Item } from "./client.ts";
import type { ExpiredItems } from "./expired-items.ts";
import { ShardIterators } from "./iterators.ts";
import type { Registry } from "./registry.ts";
import { isChange, type StreamRecord, withDeclaredImages } from "./stream-records.ts";
import type { Table } from "./tables.ts";

type Run = (input: Item, signal?: AbortSignal) => Promise<Record<string, unknown>>;

export const streamOperations: ReadonlySet<string> = new Set([
  "ListStreams",
  "DescribeStream",
  "GetShardIterator",
  "GetRecords",
]);

/** DynamoDB Streams with the declared ARNs. */
export class Streams {
  readonly #client: EngineClient;
  readonly #registry: Registry;
  readonly #expired: Pick<ExpiredItems, "includes">;
  readonly #iterators = new ShardIterators();
  readonly #operations: ReadonlyMap<string, Run> = new Map<string, Run>([
    ["ListStreams", (input) => Promise.resolve(this.#listStreams(input))],
    ["DescribeStream", (input, signal) => this.#describeStream(input, signal)],
    ["GetShardIterator", (input, signal) => this.#getShardIterator(input, signal)],
    ["GetRecords", (input, signal) => this.#getRecords(input, signal)],
  ]);

  constructor(client: EngineClient, registry: Registry, expired: Pick<ExpiredItems, "includes">) {
    this.#client = client;
    this.#registry = registry;
    this.#expired = expired;
  }

  /** ARN of the stream that the request reads, `*` for ListStreams. Throws for an iterator that was not made here. */
  resourceOf(operation: string, input: Item): string {
    if (operation === "ListStreams") {
      return "*";
    }
    return operation === "GetRecords"
      ? this.#iterators.open(input["ShardIterator"]).streamArn
      : String(input["StreamArn"]);
  }

  async run(operation: string, input: Item, signal?: AbortSignal): Promise<Record<string, unknown>> {
    const run = this.#operations.get(operation);
    if (run === undefined) {
      throw new AwsError("UnknownOperationException", `Unknown operation ${operation}`);
    }
    return run(input, signal);
  }

  #listStreams({ TableName }: Item) {
    const tables = this.#registry
      .tables()
      .filter(({ name, streamArn }) => streamArn !== undefined && (TableName ?? name) === name);
    const Streams = tables.map((table) => ({
      StreamArn: table.streamArn,
      TableName: table.name,
      StreamLabel: table.streamLabel,
    }));
    return { Streams };
  }

  async #describeStream(input: Item, signal?: AbortSignal) {
    const { table, engineArn } = this.#find(String(input["StreamArn"]));
    const { StreamDescription } = await this.#send(
      "DescribeStream",
      { ...input, StreamArn: engineArn },
      signal,
    );
    const { streamArn: StreamArn, streamLabel: StreamLabel, streamViewType: StreamViewType } = table;
    return {
      StreamDescription: { ...(StreamDescription as object), StreamArn, StreamLabel, StreamViewType },
    };
  }

  async #getShardIterator(input: Item, signal?: AbortSignal) {
    const streamArn = String(input["StreamArn"]);
    const { engineArn } = this.#find(streamArn);
    const { ShardIterator } = await this.#send(
      "GetShardIterator",
      { ...input, StreamArn: engineArn },
      signal,
    );
    return { ShardIterator: this.#iterators.seal({ streamArn, inner: ShardIterator }) };
  }

  async #getRecords(input: Item, signal?: AbortSignal) {
    const { streamArn, inner } = this.#iterators.open(input["ShardIterator"]);
    const { table } = this.#find(streamArn);
    const answer = await this.#send("GetRecords", { ...input, ShardIterator: inner }, signal);
    const next = answer["NextShardIterator"];
    return {
      Records: (answer["Records"] as StreamRecord[])
        .filter(isChange)
        .map((record) => this.#declaredRecord(record, table)),
      ...(next !== undefined && {
        NextShardIterator: this.#iterators.seal({ streamArn, inner: next }),
      }),
    };
  }

  #declaredRecord(record: StreamRecord, { name, region, streamViewType, ttlAttribute }: Table) {
    const isExpired = ttlAttribute !== undefined && this.#expired.includes(name, ttlAttribute, record);
    return {
      ...withDeclaredImages(record, streamViewType),
      awsRegion: region,
      ...(isExpired && { userIdentity: { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" } }),
    };
  }

  #send(operation: string, input: Item, signal?: AbortSignal) {
    return this.#client.send("DynamoDBStreams_20120810", operation, input, signal);
  }

  #find(streamArn: string): { readonly table: Table; readonly engineArn: string } {
    for (const { table, names } of this.#registry.all()) {
      const engineArn = names.streamArn;
      if (table.streamArn === streamArn && engineArn !== undefined) {
        return { table, engineArn };
      }
    }
    throw new AwsError(
      "ResourceNotFoundException",
      `Requested resource not found: Stream: ${streamArn} not found`,
    );
  }
}
