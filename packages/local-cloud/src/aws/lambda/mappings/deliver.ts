import type { Metrics } from "../../../base/metrics.ts";
import type { Clock, Invocation, Log } from "../../../base/service.ts";
import { putMetric } from "../metered.ts";
import type { FailureCondition, FailureReport } from "./failure.ts";
import { createdAt, eventRecord, sequenceOf, type StreamRecord } from "./records.ts";
import { failuresIn } from "./response.ts";
import { type Backoff, pause } from "./retry.ts";
import type { StreamMapping } from "./settings.ts";

export interface Delivery {
  readonly mapping: StreamMapping;
  readonly invoke: (event: unknown) => Promise<Invocation & { readonly requestId: string }>;
  /** Called with records that are handled or discarded. */
  readonly done: (records: readonly StreamRecord[]) => void;
  /** Reports to the on-failure destination. */
  readonly discard: (report: FailureReport) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
}

/** Part of a batch that is still to be handled. */
interface Piece {
  readonly records: readonly StreamRecord[];
  /** Failed runs that count as retries. A run that splits the batch does not. */
  readonly failures: number;
  readonly invocations: number;
  readonly requestId?: string;
}

/** What a run did not handle. */
interface Failed {
  readonly rest: readonly StreamRecord[];
  readonly requestId: string;
  readonly why: unknown;
}

/**
 * Delivers a batch to the function, in order, until all records are handled or discarded, or the signal aborts.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export async function deliver(batch: readonly StreamRecord[], delivery: Delivery): Promise<void> {
  const pieces: Piece[] = [{ records: batch, failures: 0, invocations: 0 }];
  let faults = 0;
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
    if (piece.failures > 0) {
      await pause(delivery.backoff(piece.failures), delivery.signal);
    }
    const fresh = await withoutExpired(piece, delivery);
    if (fresh.records.length === 0) {
      continue;
    }
    if (delivery.signal.aborted) {
      return;
    }
    try {
      const failed = await run(fresh, delivery);
      faults = 0;
      if (failed) {
        pieces.unshift(...(await next(fresh, failed, delivery)));
      }
    } catch (error) {
      // An error of Lambda, such as throttling, does not count as a retry.
      delivery.log.warn(
        "records wait: the function could not be invoked",
        about(delivery, { error: String(error) }),
      );
      pieces.unshift(fresh);
      await pause(delivery.backoff(++faults), delivery.signal);
    }
  }
}

async function run(piece: Piece, delivery: Delivery): Promise<Failed | undefined> {
  const { records } = piece;
  const { mapping, invoke, done } = delivery;
  putAge(records, delivery);
  const answer = await invoke({ Records: records.map((record) => eventRecord(record, mapping)) });
  const { requestId } = answer;
  if ("error" in answer) {
    return { rest: records, requestId, why: answer.error };
  }
  const failures = mapping.reportsFailures
    ? failuresIn(answer.payload, records.map(sequenceOf))
    : new Set<string>();
  // AWS delivers all records from the lowest failed sequence number on again.
  const first = failures === "all" ? 0 : records.findIndex((record) => failures.has(sequenceOf(record)));
  const handled = first < 0 ? records : records.slice(0, first);
  if (handled.length > 0) {
    done(handled);
  }
  return first < 0 ? undefined : { rest: records.slice(first), requestId, why: answer.payload };
}

/** Of the last record of a batch. */
function putAge(records: readonly StreamRecord[], { mapping, metrics, clock }: Delivery): void {
  const last = records.at(-1);
  const age = clock() - ((last && createdAt(last)) ?? clock());
  putMetric(metrics, mapping.configuration, "IteratorAge", Math.max(0, age));
}

/** The pieces to try after a failed run: smaller, or the same again, or none once the retries are spent. */
async function next(piece: Piece, { rest, requestId, why }: Failed, delivery: Delivery): Promise<Piece[]> {
  const { mapping, log } = delivery;
  const invocations = piece.invocations + 1;
  if (rest.length < piece.records.length) {
    return [{ records: rest, failures: 0, invocations, requestId }];
  }
  if (mapping.bisect && rest.length > 1) {
    const middle = Math.ceil(rest.length / 2);
    return [rest.slice(0, middle), rest.slice(middle)].map((records) => ({
      ...piece,
      records,
      invocations,
      requestId,
    }));
  }
  const failures = piece.failures + 1;
  if (failures <= mapping.maximumRetries) {
    log.warn("batch failed and is tried again", about(delivery, { failures, records: rest.length, why }));
    return [{ records: rest, failures, invocations, requestId }];
  }
  await giveUp({ records: rest, failures, invocations, requestId }, "RetryAttemptsExhausted", delivery);
  return [];
}

async function withoutExpired(piece: Piece, delivery: Delivery): Promise<Piece> {
  const oldest = delivery.clock() - delivery.mapping.maximumAgeMs;
  const fresh = piece.records.findIndex((record) => (createdAt(record) ?? Infinity) >= oldest);
  if (fresh === 0) {
    return piece;
  }
  const expired = fresh < 0 ? piece.records : piece.records.slice(0, fresh);
  await giveUp({ ...piece, records: expired }, "RecordAgeExceeded", delivery);
  return { ...piece, records: piece.records.slice(expired.length) };
}

async function giveUp(piece: Piece, condition: FailureCondition, delivery: Delivery): Promise<void> {
  const { records, invocations, requestId } = piece;
  delivery.log.error("records discarded", about(delivery, { condition, sequences: records.map(sequenceOf) }));
  await delivery.discard({ records, condition, invocations, requestId });
  delivery.done(records);
}

function about({ mapping }: Delivery, fields: object): Readonly<Record<string, unknown>> {
  return { mapping: mapping.name, function: mapping.configuration.name, ...fields };
}
