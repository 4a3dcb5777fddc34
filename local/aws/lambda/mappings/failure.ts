import { randomUUID } from "node:crypto";
import type { Clock, Executor, Log, Principal } from "../../service.ts";
import { createdAt, sequenceOf, type StreamRecord } from "./records.ts";
import type { StreamMapping } from "./settings.ts";

export type FailureCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

export interface FailureReport {
  readonly records: readonly StreamRecord[];
  readonly condition: FailureCondition;
  /** Runs of the function that these records were part of. */
  readonly invocations: number;
  /** Of the last run; undefined if there was none. */
  readonly requestId: string | undefined;
}

/**
 * The invocation record that an on-failure destination gets: where the records lie, not the records.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
function invocationRecord(
  mapping: StreamMapping,
  shardId: string,
  report: FailureReport,
  now: number,
): object {
  const { records, condition, invocations, requestId } = report;
  const [first, last] = [records[0], records.at(-1)];
  return {
    requestContext: {
      requestId: requestId ?? randomUUID(),
      functionArn: mapping.configuration.arn,
      condition,
      approximateInvokeCount: invocations,
    },
    ...(requestId !== undefined && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    }),
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first && sequenceOf(first),
      endSequenceNumber: last && sequenceOf(last),
      approximateArrivalOfFirstRecord: first && arrival(first),
      approximateArrivalOfLastRecord: last && arrival(last),
      batchSize: records.length,
      streamArn: mapping.sourceArn,
    },
  };
}

/** Sends reports to the mapping's destination with the function's role. What cannot be sent is logged whole. */
export function reporter(
  mapping: StreamMapping,
  shardId: string,
  deps: { readonly principal: Principal; readonly sqs: Executor; readonly clock: Clock; readonly log: Log },
): (report: FailureReport) => Promise<void> {
  return async (report) => {
    if (!mapping.onFailure) return;
    const record = invocationRecord(mapping, shardId, report, deps.clock());
    try {
      const input = { QueueUrl: mapping.onFailure.url, MessageBody: JSON.stringify(record) };
      await deps.sqs.execute(deps.principal, "SendMessage", input);
    } catch (error) {
      deps.log.error("on-failure destination took no record", {
        mapping: mapping.name,
        record,
        error: String(error),
      });
    }
  };
}

/** To the second, as DynamoDB keeps it. */
function arrival(record: StreamRecord): string | undefined {
  const created = createdAt(record);
  return created === undefined ? undefined : new Date(created).toISOString().replace(/\.\d+Z$/, "Z");
}
