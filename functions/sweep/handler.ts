import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Context } from "aws-lambda";
import { required } from "../shared/environment.ts";
import { createLogger } from "../shared/logger.ts";
import { createMeter } from "../shared/metrics.ts";
import { assetSource, deliverySource, erasureSource } from "./sources.ts";
import { sweep, type Sweeping } from "./sweep.ts";

const logger = createLogger("sweep");
const meter = createMeter("sweep");
const sweeping: Sweeping = {
  dynamodb: new DynamoDBClient(),
  sqs: new SQSClient(),
  now: Date.now,
  failed: (error) => logger.error("Messages could not be sent", { error: error as Error }),
};

/** All tables with an index of due times. */
const sources = [
  assetSource(required("ASSETS_TABLE"), {
    labelQueueUrl: required("LABEL_QUEUE_URL"),
    objectQueueUrl: required("OBJECT_QUEUE_URL"),
    indexQueueUrl: required("INDEX_QUEUE_URL"),
    thumbnailQueueUrl: required("THUMBNAIL_QUEUE_URL"),
  }),
  deliverySource(required("CALLBACKS_TABLE"), required("DELIVERY_QUEUE_URL")),
  erasureSource(required("ERASURES_TABLE"), required("ERASE_QUEUE_URL")),
];

/** Runs on a schedule; two runs at the same time are safe. The event is not used. */
export const handler = async (_: unknown, context: Context): Promise<void> => {
  logger.addContext(context);
  const { due, taken, sent, lag } = await sweep(sources, sweeping);
  // An empty run is not logged: the metrics show that it ran.
  logger[due > 0 ? "info" : "debug"]("Sweep", { due, taken, sent, lag });
  meter.count("RowsDue", due);
  meter.count("RowsTaken", taken);
  meter.count("MessagesNotSent", taken - sent);
  meter.time("DueLag", lag);
  meter.publish();
};
