import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { eachMessage } from "../shared/batch.ts";
import { callbacksTable, type DeliveryJob } from "../shared/callbacks.ts";
import { required } from "../shared/environment.ts";
import { createLogger } from "../shared/logger.ts";
import { deliver, type Delivering } from "./deliver.ts";
import { sender } from "./send.ts";

const logger = createLogger("deliver");
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
export const handler = eachMessage(logger, async ({ body }) => {
  const job = JSON.parse(body) as DeliveryJob;
  logger.info("Delivery", { ...job, outcome: await deliver(job, delivering) });
});

/** Paths and queries may hold the receiver's secrets. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "");
