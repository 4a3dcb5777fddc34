import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import type { SQSRecord } from "aws-lambda";
import { parseThumbnailJob } from "../../domain/messages.ts";
import { assetsTable } from "../shared/assets.ts";
import { eachMessage } from "../shared/batch.ts";
import { required } from "../shared/environment.ts";
import { createLogger, levelFor } from "../shared/logger.ts";
import { receivedText } from "../shared/message.ts";
import { createMeter } from "../shared/metrics.ts";
import { render } from "./picture.ts";
import { picturesIn } from "./pictures.ts";
import { giveUp, makeThumbnails, type Thumbnailing } from "./thumbnail.ts";

const logger = createLogger("thumbnail");
const meter = createMeter("thumbnail");
const deadLetterQueueArn = required("THUMBNAIL_DEAD_LETTER_QUEUE_ARN");
const s3 = new S3Client({
  requestChecksumCalculation: "WHEN_REQUIRED",
  responseChecksumValidation: "WHEN_REQUIRED",
});
const thumbnailing: Thumbnailing = {
  assets: assetsTable(new DynamoDBClient(), required("ASSETS_TABLE"), () => new Date()),
  pictures: picturesIn(s3, required("BUCKET")),
  render: timed,
  now: Date.now,
};

/** Handles jobs of the thumbnail queue, and jobs of its dead-letter queue. */
export const handler = eachMessage(logger, meter, handleMessage);

async function handleMessage(message: SQSRecord): Promise<void> {
  const job = receivedText(parseThumbnailJob, message.body);
  if (message.eventSourceARN === deadLetterQueueArn) {
    const outcome = await giveUp(job, thumbnailing);
    logger.error("Making thumbnails gave up", { ...job, outcome });
    meter.count("ThumbnailsGivenUp");
    return;
  }
  // If the function crashes, this line shows which picture it was decoding.
  logger.debug("Making thumbnails starts", { ...job });
  const outcome = await makeThumbnails(job, thumbnailing);
  logger[levelFor(job.id, outcome === "made")]("Thumbnail job", { ...job, outcome });
  if (outcome === "made") {
    meter.count("ThumbnailsMade");
  } else if (typeof outcome === "object") {
    meter.count("ThumbnailsRefused");
  }
}

async function timed(...picture: Parameters<typeof render>): ReturnType<typeof render> {
  const started = performance.now();
  try {
    return await render(...picture);
  } finally {
    meter.time("RenderDuration", performance.now() - started);
  }
}
