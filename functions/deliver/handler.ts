import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { parseDeliveryJob } from "../../domain/messages.ts";
import type { MetricName } from "../../domain/metrics.ts";
import type { LimitValues } from "../../domain/usage.ts";
import { assetsTable } from "../shared/assets.ts";
import { eachMessage } from "../shared/batch.ts";
import { callbacksTable } from "../shared/callbacks.ts";
import { countersIn, oneAttempt } from "../shared/counters.ts";
import { rulesOf } from "../shared/destination.ts";
import { required } from "../shared/environment.ts";
import { erasuresIn } from "../shared/erasures.ts";
import { createLogger } from "../shared/logger.ts";
import { receivedText } from "../shared/message.ts";
import { createMeter } from "../shared/metrics.ts";
import { sendAll } from "../shared/queue.ts";
import { callBudgetIn } from "./budget.ts";
import { type Answer, deliver, type Delivering, type Message, type Outcome } from "./deliver.ts";
import { sender } from "./send.ts";

const logger = createLogger("deliver");
const meter = createMeter("deliver");
const sqs = new SQSClient();
const queueUrl = required("DELIVERY_QUEUE_URL");

const send = sender({
  rules: rulesOf(process.env),
  failed: (url, error) =>
    logger.warn("A receiver could not be called", { host: hostOf(url), error: error as Error }),
});

const dynamodb = new DynamoDBClient();
const once = new DynamoDBClient(oneAttempt);

const erasures = erasuresIn(dynamodb, required("ERASURES_TABLE"));

const limits = JSON.parse(required("LIMITS")) as LimitValues;

const delivering: Delivering = {
  budget: callBudgetIn(
    countersIn({ client: dynamodb, once }, required("USAGE_TABLE"), limits, Date.now),
    Date.now,
  ),
  erasure: (ownerId) => erasures.get(ownerId),
  callbacks: callbacksTable(dynamodb, required("CALLBACKS_TABLE")),
  assets: assetsTable(dynamodb, required("ASSETS_TABLE"), () => new Date()),
  send: timed,
  queue: (job, seconds) => sendAll(sqs, queueUrl, [job], { delaySeconds: seconds }),
  now: Date.now,
  random: Math.random,
};

/** Callbacks, one attempt a message. */
export const handler = eachMessage(logger, meter, async ({ body }) => {
  const job = receivedText(parseDeliveryJob, body);
  const outcome = await deliver(job, delivering);
  logger.info("Delivery", { ...job, outcome });
  meter.count(metrics[outcome]);
});

/** Status 0: no answer came. */
async function timed(message: Message): Promise<Answer> {
  const started = performance.now();
  const answer = await send(message);
  meter.time("CallDuration", performance.now() - started);
  logger.info("Receiver called", { host: hostOf(message.url), status: answer.status });
  return answer;
}

const metrics: Readonly<Record<Outcome, MetricName<"deliver", "Count">>> = {
  delivered: "Delivered",
  "put off": "DeliveriesPutOff",
  failed: "DeliveriesFailed",
  "receiver gone": "ReceiversGone",
  "not due": "DeliveriesNotDue",
  withheld: "DeliveriesWithheld",
  "over the limit": "DeliveriesOverLimit",
};

/** Paths and queries may hold the receiver's secrets. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "");
