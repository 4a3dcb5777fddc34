import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { eachMessage } from "../shared/batch.ts";
import { callbacksTable, type DeliveryJob } from "../shared/callbacks.ts";
import { required } from "../shared/environment.ts";
import { createLogger } from "../shared/logger.ts";
import { createMeter } from "../shared/metrics.ts";
import { deliver, type Delivering, type Outcome } from "./deliver.ts";
import { sender } from "./send.ts";

const logger = createLogger("deliver");
const meter = createMeter("deliver");
const sqs = new SQSClient();
const queueUrl = required("DELIVERY_QUEUE_URL");
const deadLetterQueueUrl = required("DELIVERY_DEAD_LETTER_QUEUE_URL");

const put = async (url: string, job: DeliveryJob, seconds: number): Promise<void> => {
  await sqs.send(
    new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(job), DelaySeconds: seconds }),
  );
};

const delivering: Delivering = {
  callbacks: callbacksTable(new DynamoDBClient(), required("CALLBACKS_TABLE")),
  send: sender({
    rules: { loopback: required("LOOPBACK_CALLBACKS") === "true" },
    failed: (url, error) =>
      logger.warn("A receiver could not be called", { host: hostOf(url), error: error as Error }),
  }),
  queue: (job, seconds) => put(queueUrl, job, seconds),
  bury: (job) => put(deadLetterQueueUrl, job, 0),
  now: Date.now,
  random: Math.random,
};

/** Callbacks, one attempt a message. */
export const handler = eachMessage(logger, meter, async ({ body }) => {
  const job = JSON.parse(body) as DeliveryJob;
  const outcome = await deliver(job, delivering);
  logger.info("Delivery", { ...job, outcome });
  meter.count(metrics[outcome]);
});

const metrics: Readonly<Record<Outcome, string>> = {
  delivered: "Delivered",
  "put off": "DeliveriesPutOff",
  failed: "DeliveriesFailed",
  "receiver gone": "ReceiversGone",
  "not due": "DeliveriesNotDue",
};

/** Paths and queries may hold the receiver's secrets. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "");
