import { type AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { asAsset } from "../shared/assets.ts";
import { callbacksTable } from "../shared/callbacks.ts";
import { required } from "../shared/environment.ts";
import { createLogger } from "../shared/logger.ts";
import { createMeter } from "../shared/metrics.ts";
import { sendAll } from "../shared/queue.ts";
import { caller } from "./call.ts";
import { publisher } from "./publish.ts";
import { type Change, relay, type Relaying } from "./relay.ts";
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
  const failures = await relay(event.Records.map(parse), relaying);
  logger.info("Stream records", { records: event.Records.length, failures });
  meter.publish();
  return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
};

function parse({ dynamodb = {} }: DynamoDBRecord): Change {
  return {
    position: dynamodb.SequenceNumber ?? "",
    before: image(dynamodb.OldImage),
    after: image(dynamodb.NewImage),
    at: new Date((dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString(),
  };
}

/** Lambda's types and the SDK's name the same JSON differently. */
const image = (attributes: object | undefined) =>
  attributes ? asAsset(attributes as Record<string, AttributeValue>) : undefined;
