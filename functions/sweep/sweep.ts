import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { dueShards, wait } from "../../domain/due.ts";
import type { RowKey } from "../../domain/messages.ts";
import { type MoveDue, moveDueIn } from "../shared/due.ts";
import { type Order, sendAll } from "../shared/queue.ts";

/** A row in the index of due times: the keys and the projected attributes. */
export interface DueRow extends RowKey {
  readonly dueAt: number;
}

/** One queue and message for a due row. */
export interface Routed {
  readonly queueUrl: string;
  readonly message: object;
  /** For a FIFO queue. */
  readonly order?: Order;
}

/** A table with an index of due times. */
export interface Source {
  readonly table: string;
  /** Hash key `dueShard`, range key `dueAt`. */
  readonly index: string;
  /** The row has also the attributes that infra/tables.ts projects into the index. */
  route(row: DueRow): readonly Routed[];
  /** When the row is due again, if nothing else sets its due time. By default `wait.again` from now. */
  next?(row: DueRow, now: number): number;
}

export interface Sweeping {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly now: () => number;
  /** Called if messages could not be sent. */
  readonly failed: (error: unknown) => void;
}

export interface Sweep {
  /** Due rows that were found, at most `maxRows` for each shard. */
  readonly due: number;
  /** Rows that this run has taken. Concurrent runs take other rows. */
  readonly taken: number;
  /** Rows whose messages were sent. A row with a message that was not sent becomes due again. */
  readonly sent: number;
  /** The longest time that a row was overdue, in milliseconds. */
  readonly lag: number;
}

/** Maximum number of rows of a shard in one run. The next run reads the rest. */
export const maxRows = 100;

/** Number of rows that are taken together: SQS's limit for one batch. */
const batchSize = 10;

/**
 * Sends each due row to the queue of the function that handles it. The row's due time is moved first: of two concurrent
 * sweeps one succeeds, and if the message is lost, the row becomes due again. If it cannot be sent, it does so soon.
 */
export async function sweep(sources: readonly Source[], sweeping: Sweeping): Promise<Sweep> {
  const shards = Array.from({ length: dueShards }, (_, shard) => String(shard));
  const runs = await Promise.all(
    sources.flatMap((source) => shards.map((shard) => sweepShard(source, shard, sweeping))),
  );
  return runs.reduce((sum, run) => ({
    due: sum.due + run.due,
    taken: sum.taken + run.taken,
    sent: sum.sent + run.sent,
    lag: Math.max(sum.lag, run.lag),
  }));
}

async function sweepShard(source: Source, shard: string, sweeping: Sweeping): Promise<Sweep> {
  const now = sweeping.now();
  const rows = await dueRows(source, shard, now, sweeping.dynamodb);
  const move = moveDueIn(sweeping.dynamodb, source.table);
  const lag = now - (rows[0]?.dueAt ?? now);
  let taken = 0;
  let sent = 0;
  for (let from = 0; from < rows.length; from += batchSize) {
    const mine = await take(rows.slice(from, from + batchSize), source, now, move);
    taken += mine.length;
    const unsent = await send(mine, source, sweeping);
    sent += mine.length - unsent.length;
    await Promise.all(unsent.map((row) => move(row, nextOf(source, row, now), now + wait.again)));
  }
  return { due: rows.length, taken, sent, lag };
}

async function dueRows(
  { table, index }: Source,
  shard: string,
  now: number,
  dynamodb: DynamoDBClient,
): Promise<DueRow[]> {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: table,
      IndexName: index,
      KeyConditionExpression: "dueShard = :shard AND dueAt <= :now",
      ExpressionAttributeValues: { ":shard": { S: shard }, ":now": { N: String(now) } },
      Limit: maxRows,
    }),
  );
  return Items.map((item: Record<string, AttributeValue>) => unmarshall(item) as DueRow);
}

async function take(rows: readonly DueRow[], source: Source, now: number, move: MoveDue): Promise<DueRow[]> {
  const taken = await Promise.all(rows.map((row) => move(row, row.dueAt, nextOf(source, row, now))));
  return rows.filter((_, index) => taken[index]);
}

const nextOf = (source: Source, row: DueRow, now: number): number =>
  source.next?.(row, now) ?? now + wait.again;

/** Sends each row's messages to their queues. Returns the rows of which not all were accepted. */
async function send(
  rows: readonly DueRow[],
  source: Source,
  { sqs, failed }: Sweeping,
): Promise<readonly DueRow[]> {
  const routed = rows.flatMap((row) => source.route(row).map((message) => ({ row, ...message })));
  const unsent = new Set<DueRow>();
  await Promise.all(
    [...Map.groupBy(routed, ({ queueUrl }) => queueUrl)].map(async ([queueUrl, theirs]) => {
      try {
        await sendAll(
          sqs,
          queueUrl,
          theirs.map(({ message }) => message),
          { order: (_, index) => theirs[index]?.order },
        );
      } catch (error) {
        // If one queue fails, the others still get their messages.
        failed(error);
        theirs.forEach(({ row }) => unsent.add(row));
      }
    }),
  );
  return [...unsent];
}
