import { randomUUID } from "node:crypto";
import type { Metrics } from "../../../base/metrics.ts";
import type { Clock, Executor, Log, Principal } from "../../../base/service.ts";
import { putMetric } from "../metered.ts";
import type { S3 } from "../../s3/index.ts";
import { createdAt, eventRecord, sequenceOf, type StreamRecord } from "./records.ts";
import type { StreamMapping } from "./settings.ts";

export type FailureCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

export interface FailureReport {
  readonly records: readonly StreamRecord[];
  readonly condition: FailureCondition;
  /** The number of runs with these records. */
  readonly invocations: number;
  /** Of the last run; undefined if there was none. */
  readonly requestId: string | undefined;
}

/**
 * The invocation record for an on-failure destination: the position of the records in the stream.
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

interface Reporting {
  readonly principal: Principal;
  readonly sqs: Executor;
  readonly s3: Pick<S3, "write">;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
}

/** Sends reports to the mapping's destination with the function's role. If this fails, the log has the position of the records. */
export function reporter(
  mapping: StreamMapping,
  shardId: string,
  deps: Reporting,
): (report: FailureReport) => Promise<void> {
  return async (report) => {
    if (!mapping.onFailure) {
      return;
    }
    const now = deps.clock();
    const { onFailure } = mapping;
    const position = invocationRecord(mapping, shardId, report, now);
    const record =
      onFailure.kind === "bucket" ? { ...position, payload: payloadOf(mapping, report) } : position;
    try {
      if (onFailure.kind === "queue") {
        const input = { QueueUrl: onFailure.url, MessageBody: JSON.stringify(record) };
        await deps.sqs.execute(deps.principal, "SendMessage", input);
      } else {
        const key = objectKey(mapping, shardId, now);
        await deps.s3.write(deps.principal, onFailure.name, key, JSON.stringify(record));
      }
    } catch (error) {
      putMetric(deps.metrics, mapping.configuration, "DestinationDeliveryFailures", 1);
      deps.log.error("on-failure destination refused the record", {
        mapping: mapping.name,
        record: position,
        error: String(error),
      });
    }
  };
}

/** The event of the failed run, as text. */
const payloadOf = (mapping: StreamMapping, { records }: FailureReport): string =>
  JSON.stringify({ Records: records.map((record) => eventRecord(record, mapping)) });

/** `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<any UUID>` */
function objectKey(mapping: StreamMapping, shardId: string, now: number): string {
  const time = new Date(now).toISOString().slice(0, 19);
  const day = time.slice(0, 10).replaceAll("-", "/");
  return `${objectPrefix(mapping)}${shardId}/${day}/${time.replaceAll(":", ".")}-${randomUUID()}`;
}

/** The prefix of the keys of a mapping's failed records. */
export const objectPrefix = ({ uuid }: Pick<StreamMapping, "uuid">): string => `aws/lambda/${uuid}/`;

/** To the second, as DynamoDB stores it. */
function arrival(record: StreamRecord): string | undefined {
  const created = createdAt(record);
  return created === undefined ? undefined : new Date(created).toISOString().replace(/\.\d+Z$/, "Z");
}
