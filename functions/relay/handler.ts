import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSEvent,
} from "aws-lambda";
import type { AssetEvent } from "../../domain/event.ts";
import type { AssetEventType } from "../../domain/schema.ts";
import { callbacksTable } from "../shared/callbacks.ts";
import { erasuresIn } from "../shared/erasures.ts";
import type { Keeping } from "../shared/expiry.ts";
import { required } from "../shared/environment.ts";
import { createLogger, levelFor } from "../shared/logger.ts";
import { createMeter } from "../shared/metrics.ts";
import { orderOfIndexing } from "../shared/indexing.ts";
import { sendAll } from "../shared/queue.ts";
import { caller } from "./call.ts";
import { changeOf } from "./change.ts";
import { publisher } from "./publish.ts";
import { relay, type Relaying } from "./relay.ts";
import { sequenceIn } from "./sequence.ts";
import { failedRecords } from "./failed-changes.ts";

const logger = createLogger("relay");
const meter = createMeter("relay");
const sqs = new SQSClient();
const s3 = new S3Client();
const dynamodb = new DynamoDBClient();
const labelQueueUrl = required("LABEL_QUEUE_URL");
const indexQueueUrl = required("INDEX_QUEUE_URL");
const purgeQueueUrl = required("PURGE_QUEUE_URL");
const thumbnailQueueUrl = required("THUMBNAIL_QUEUE_URL");
const deliveryQueueUrl = required("DELIVERY_QUEUE_URL");

const publish = publisher({
  url: required("GRAPHQL_URL"),
  region: required("AWS_REGION"),
  credentials: {
    accessKeyId: required("AWS_ACCESS_KEY_ID"),
    secretAccessKey: required("AWS_SECRET_ACCESS_KEY"),
    sessionToken: required("AWS_SESSION_TOKEN"),
  },
});

const keeping: Keeping = { days: Number(required("KEEP_EVENTS_DAYS")), now: Date.now };

const erasures = erasuresIn(dynamodb, required("ERASURES_TABLE"));

/** Milliseconds. The tries of a publication that has begun may take so long. */
const maxPublication = 35_000;

/** When the last publication of this invocation begins, in epoch milliseconds. */
let deadline = 0;

const relaying: Relaying = {
  erasure: (ownerId) => erasures.get(ownerId),
  sequence: sequenceIn(dynamodb, required("EVENTS_TABLE"), keeping),
  publish: async (events) => {
    await publish(events);
    events.forEach(published);
  },
  maxTogether: Number(required("PUBLISH_TOGETHER")),
  hasTime: () => Date.now() < deadline,
  queueLabels: (jobs) => sendAll(sqs, labelQueueUrl, jobs),
  queueThumbnails: (jobs) => sendAll(sqs, thumbnailQueueUrl, jobs),
  queueIndexing: (jobs) => sendAll(sqs, indexQueueUrl, jobs, { order: orderOfIndexing }),
  queuePurge: (job) => sendAll(sqs, purgeQueueUrl, [job]),
  call: caller({
    callbacks: callbacksTable(dynamodb, required("CALLBACKS_TABLE")),
    queue: (job) => sendAll(sqs, deliveryQueueUrl, [job]),
    keeping,
  }),
  failed: ({ position, before, after }, error) =>
    logger.error("A change could not be published", {
      position,
      id: (after ?? before)?.id,
      error: error as Error,
    }),
};

function published({ assetId: id, type, seq, at, asset }: AssetEvent): void {
  meter.count("EventsPublished");
  logger[levelFor(id, isOrdinary(type))]("Event published", {
    id,
    type,
    seq,
    code: asset.labelError?.code,
  });
  // From the write of the row to the API's answer, which follows the delivery to subscribers.
  meter.time("PublishDelay", Date.now() - Date.parse(at));
}

/** What happens to nearly every picture, edits among it: their event has the type of the state. */
const isOrdinary = (type: AssetEventType): boolean =>
  ["CREATED", "RECEIVED", "UPLOADED", "LABELLING", "LABELLED"].includes(type);

/** Handles records of the assets table's stream, or messages about objects that contain failed records. */
export const handler = async (
  event: DynamoDBStreamEvent | SQSEvent,
  context: Context,
): Promise<DynamoDBBatchResponse> => {
  logger.addContext(context);
  deadline = Date.now() + context.getRemainingTimeInMillis() - maxPublication;
  const failures = isFromQueue(event) ? await relayAgain(event) : await relayRecords(event.Records);
  if (failures.length > 0) {
    meter.count("MessagesFailed", failures.length);
  }
  meter.publish();
  return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
};

const isFromQueue = (event: DynamoDBStreamEvent | SQSEvent): event is SQSEvent =>
  event.Records.every((record) => "messageId" in record);

/** Returns the ids of the messages that failed. */
async function relayAgain({ Records }: SQSEvent): Promise<string[]> {
  const failures: string[] = [];
  for (const { messageId, body } of Records) {
    if ((await relayRecords(await failedRecords(body, read))).length > 0) {
      failures.push(messageId);
    }
  }
  return failures;
}

/** Returns the positions of the records that failed. */
async function relayRecords(records: readonly DynamoDBRecord[]): Promise<string[]> {
  const failures = await relay(records.map(changeOf), relaying);
  logger[failures.length > 0 ? "info" : "debug"]("Stream records", { records: records.length, failures });
  return failures;
}

async function read(Bucket: string, Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? "";
}
