import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { callbacksTable } from "../shared/callbacks.ts";
import { required } from "../shared/environment.ts";
import { createLogger } from "../shared/logger.ts";
import { createMeter } from "../shared/metrics.ts";
import { sendAll } from "../shared/queue.ts";
import { caller } from "./call.ts";
import { changeOf } from "./change.ts";
import { publisher } from "./publish.ts";
import { relay, type Relaying } from "./relay.ts";
import { sequenceIn } from "./sequence.ts";

const logger = createLogger("relay");
const meter = createMeter("relay");
const sqs = new SQSClient();
const dynamodb = new DynamoDBClient();
const labelQueueUrl = required("LABEL_QUEUE_URL");
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

const relaying: Relaying = {
  sequence: sequenceIn(dynamodb, required("EVENTS_TABLE")),
  publish: async (event) => {
    await publish(event);
    meter.count("EventsTold");
    const { assetId: id, type, seq, asset } = event;
    logger.info("Event told", { id, type, seq, code: asset.labelError?.code });
    // From the write of the row to the answer of the API that has told its subscribers.
    meter.time("TellingDelay", Date.now() - Date.parse(event.at));
  },
  queueLabels: (jobs) => sendAll(sqs, labelQueueUrl, jobs),
  call: caller({
    callbacks: callbacksTable(dynamodb, required("CALLBACKS_TABLE")),
    queue: (job) => sendAll(sqs, deliveryQueueUrl, [job]),
    now: Date.now,
  }),
  failed: ({ position, before, after }, error) =>
    logger.error("A change could not be told", {
      position,
      id: (after ?? before)?.id,
      error: error as Error,
    }),
};

/** The assets table's stream, in order. */
export const handler = async (
  event: DynamoDBStreamEvent,
  context: Context,
): Promise<DynamoDBBatchResponse> => {
  logger.addContext(context);
  const failures = await relay(event.Records.map(changeOf), relaying);
  logger.info("Stream records", { records: event.Records.length, failures });
  meter.publish();
  return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
};
