import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, HeadObjectCommand, NotFound, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import type { S3EventRecord, SQSRecord } from "aws-lambda";
import { assetsTable } from "../shared/assets.ts";
import { eachMessage } from "../shared/batch.ts";
import { required } from "../shared/environment.ts";
import { createLogger } from "../shared/logger.ts";
import { ingest, type ObjectEvent } from "./ingest.ts";
import type { StoredObject } from "./verify.ts";

const logger = createLogger("ingest");
const s3 = new S3Client({ responseChecksumValidation: "WHEN_REQUIRED" });
const bucket = required("BUCKET");
const assets = assetsTable(new DynamoDBClient(), required("ASSETS_TABLE"), () => new Date());

/** Enough of a picture for its dimensions, behind thumbnails and colour profiles too. */
const headBytes = 256 * 1024;

/** S3's events, by way of a queue: a message that fails is received again, the others are done. */
export const handler = eachMessage(logger, handleMessage);

async function handleMessage(message: SQSRecord): Promise<void> {
  for (const event of objectEvents(message.body)) {
    const outcome = await ingest(event, { assets, read });
    logger.info("S3 event", { ...event, outcome });
  }
}

/** The records of a notification; S3's test event has none. */
function objectEvents(body: string): ObjectEvent[] {
  const { Records: records = [] } = JSON.parse(body) as { Records?: S3EventRecord[] };
  return records.map(({ eventName, s3: { object } }) => ({
    kind: eventName.startsWith("ObjectRemoved:") ? "removed" : "created",
    key: decodeURIComponent(object.key.replaceAll("+", " ")),
    sequencer: object.sequencer,
  }));
}

async function read(key: string): Promise<StoredObject | undefined> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }));
    const bytes = head.ContentLength
      ? await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=0-${headBytes - 1}` }))
      : undefined;
    return {
      contentLength: head.ContentLength ?? 0,
      contentType: head.ContentType ?? "",
      sha256: head.ChecksumSHA256,
      head: (await bytes?.Body?.transformToByteArray()) ?? new Uint8Array(),
    };
  } catch (error) {
    if (error instanceof NotFound || error instanceof NoSuchKey) {
      return undefined;
    }
    throw error;
  }
}
