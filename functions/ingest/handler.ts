import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import type { MetricName } from "../../domain/metrics.ts";
import { eachMessage } from "../shared/batch.ts";
import { contentsIn } from "../shared/contents.ts";
import { countedAssets } from "../shared/counted.ts";
import { moveDueIn } from "../shared/due.ts";
import { required } from "../shared/environment.ts";
import { createLogger, levelFor } from "../shared/logger.ts";
import { createMeter } from "../shared/metrics.ts";
import { sendAll } from "../shared/queue.ts";
import { pauseAfterConflict } from "../shared/transaction.ts";
import { audit, type Auditing } from "./audit.ts";
import { check, type Checking, type CheckOutcome } from "./check.ts";
import { cursorIn } from "./cursor.ts";
import { ingest, type Outcome } from "./ingest.ts";
import { parseMessage } from "./message.ts";
import { objectsIn } from "./objects.ts";

const logger = createLogger("ingest");
const meter = createMeter("ingest");
const dynamodb = new DynamoDBClient();
const tables = {
  assets: required("ASSETS_TABLE"),
  contents: required("CONTENTS_TABLE"),
  usage: required("USAGE_TABLE"),
};
const assets = countedAssets(dynamodb, tables, () => new Date(), pauseAfterConflict);
const sqs = new SQSClient();
const purgeQueueUrl = required("PURGE_QUEUE_URL");
const services: Checking & Auditing = {
  assets,
  contents: contentsIn(dynamodb, tables, assets, pauseAfterConflict),
  objects: objectsIn(new S3Client({ responseChecksumValidation: "WHEN_REQUIRED" }), required("BUCKET")),
  moveDue: moveDueIn(dynamodb, tables.assets),
  cursor: cursorIn(dynamodb, required("CURSORS_TABLE"), "objects"),
  queuePurge: (job) => sendAll(sqs, purgeQueueUrl, [job]),
  now: Date.now,
  retention: {
    deletedDays: Number(required("KEEP_DELETED_DAYS")),
    failedDays: Number(required("KEEP_FAILED_DAYS")),
  },
  removes: required("AUDIT_REMOVES") === "true",
  removed: (key) => logger.warn("An object that no row wants was removed", { key }),
  refused: (reason) => logger.error("The audit removes no objects without a row", { reason }),
};

/** Handles queue messages: S3's events, requests to check a row, and requests to audit objects. */
export const handler = eachMessage(logger, meter, handleMessage);

async function handleMessage({ body }: SQSRecord): Promise<void> {
  const message = parseMessage(body);
  switch (message.kind) {
    case "events":
      for (const event of message.events) {
        const outcome = await ingest(event, services);
        logger[levelFor(event.key, outcome === "received")]("S3 event", { ...event, outcome });
        count(outcome);
      }
      return;
    case "check": {
      const outcome = await check(message.key, services);
      // Nearly all checks find nothing.
      logger[outcome === "agrees" ? "debug" : "info"]("Check", { ...message.key, outcome });
      count(outcome);
      return;
    }
    case "audit": {
      const result = await audit(services);
      logger.info("Audit", { ...result });
      meter.count("ObjectsAudited", result.objects);
      meter.count("ForeignObjects", result.foreign);
      meter.count("RowlessObjects", result.rowless);
      meter.count("OrphansRemoved", result.orphans);
      meter.count("AuditsRefused", result.refused ? 1 : 0);
    }
  }
}

function count(outcome: Outcome | CheckOutcome): void {
  const name = metrics[outcome];
  if (name) {
    meter.count(name);
  }
}

/** Metrics of outcomes that changed something. The other outcomes are only in the log. */
const metrics: Partial<Record<Outcome | CheckOutcome, MetricName<"ingest", "Count">>> = {
  received: "Received",
  rejected: "Rejected",
  expired: "Expired",
  removed: "Purged",
  late: "LateObjectsRemoved",
  "retention ended": "RetentionsEnded",
};
