import { setTimeout as pause } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { RekognitionClient } from "@aws-sdk/client-rekognition";
import { S3Client } from "@aws-sdk/client-s3";
import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { parseLabelJob } from "../../domain/messages.ts";
import type { LimitValues } from "../../domain/usage.ts";
import { assetsTable } from "../shared/assets.ts";
import { eachMessage } from "../shared/batch.ts";
import { contentsIn } from "../shared/contents.ts";
import { countersIn, oneAttempt } from "../shared/counters.ts";
import { required } from "../shared/environment.ts";
import { createLogger, levelFor } from "../shared/logger.ts";
import { receivedText } from "../shared/message.ts";
import { createMeter } from "../shared/metrics.ts";
import { pauseAfterConflict } from "../shared/transaction.ts";
import { type Budget, budgetIn } from "./budget.ts";
import { cacheIn } from "./cache.ts";
import type { Detection } from "./detection.ts";
import { hasher } from "./hash.ts";
import { label, type Labelling, NotYetReadable, type Outcome, recordFailure } from "./label.ts";
import { detector } from "./rekognition.ts";

const logger = createLogger("label");
const meter = createMeter("label");
const sqs = new SQSClient();
const queueUrl = required("LABEL_QUEUE_URL");
const deadLetterQueueArn = required("LABEL_DEAD_LETTER_QUEUE_ARN");
const tries = Number(required("LABEL_TRIES"));
const bucket = required("BUCKET");
const question = {
  maxLabels: Number(required("MAX_LABELS")),
  minConfidence: Number(required("MIN_CONFIDENCE")),
};
const detect = detector({ client: new RekognitionClient({ maxAttempts: 3 }), bucket, ...question });
const dynamodb = new DynamoDBClient();
const once = new DynamoDBClient(oneAttempt);
const tables = { assets: required("ASSETS_TABLE"), contents: required("CONTENTS_TABLE") };
const limits = JSON.parse(required("LIMITS")) as LimitValues;
const counters = countersIn({ client: dynamodb, once }, required("USAGE_TABLE"), limits, Date.now);
const lease = Number(required("LEASE_SECONDS")) * 1000;
const assets = assetsTable(dynamodb, tables.assets, () => new Date());
const labelling: Labelling = {
  assets,
  contents: contentsIn(dynamodb, tables, assets, pauseAfterConflict),
  cache: cacheIn(dynamodb, tables.contents, lease, Date.now),
  hash: hasher(new S3Client({ responseChecksumValidation: "WHEN_REQUIRED" }), bucket),
  question,
  budget: metered(budgetIn(counters, Date.now)),
  detect: timed,
  pause,
  now: Date.now,
  counted: (hit) => meter.count(hit ? "LabelCacheHits" : "LabelCacheMisses"),
  lease,
};

/** Jobs from the label queue, and jobs from its dead-letter queue. */
export const handler = eachMessage(logger, meter, handleMessage);

async function handleMessage(message: SQSRecord): Promise<void> {
  const job = receivedText(parseLabelJob, message.body);
  if (message.eventSourceARN === deadLetterQueueArn) {
    const outcome = await recordFailure(job, message.messageId, labelling);
    logger.error("Labelling gave up", { ...job, outcome });
    count(outcome);
    return;
  }
  const attempt = Number(message.attributes.ApproximateReceiveCount);
  try {
    const outcome = await label(job, { jobId: message.messageId, last: attempt >= tries }, labelling);
    logger[levelFor(job.id, outcome === "labelled")]("Label job", { ...job, outcome });
    count(outcome);
  } catch (error) {
    await retrySoon(message, attempt < tries ? waitAfter(attempt, error) : 0);
    throw error;
  }
}

function count(outcome: Outcome): void {
  meter.count("LabelsPutOff", outcome === "waits" ? 1 : 0);
  if (outcome === "labelled" || outcome === "failed") {
    meter.count(outcome === "labelled" ? "Labelled" : "LabelFailed");
  }
}

function metered(budget: Budget): Budget {
  return {
    async take(key, source) {
      const taken = await budget.take(key, source);
      meter.count("LabelBudgetUsedUp", "everybody" in taken ? 1 : 0);
      return taken;
    },
  };
}

/** Measures failed calls too. If the function crashes, the log line shows which picture it was labelling. */
async function timed(key: string): Promise<Detection> {
  logger.debug("Labelling starts", { key });
  const started = performance.now();
  try {
    return await detect(key);
  } finally {
    meter.time("DetectLabelsDuration", performance.now() - started);
  }
}

/** Seconds. Throttling is short. A new permission takes up to a minute to apply everywhere. */
const waitAfter = (attempt: number, error: unknown): number =>
  (error instanceof NotYetReadable ? 10 : 1) * 2 ** (attempt - 1);

/**
 * Makes the job visible before its visibility timeout ends, which is for functions that die. After the last try, the job
 * becomes visible immediately and goes to the dead-letter queue.
 */
async function retrySoon({ receiptHandle }: SQSRecord, seconds: number): Promise<void> {
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}
