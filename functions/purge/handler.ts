import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import type { SQSRecord } from "aws-lambda";
import { isErased } from "../../domain/erasure.ts";
import { parsePurgeJob } from "../../domain/messages.ts";
import { labelIndexIn, pauseOfIndexing } from "../indexer/label-index.ts";
import { reindex } from "../indexer/reindex.ts";
import { eachMessage } from "../shared/batch.ts";
import { forgetIn } from "../shared/contents.ts";
import { countedAssets } from "../shared/counted.ts";
import { required } from "../shared/environment.ts";
import { erasuresIn } from "../shared/erasures.ts";
import { createLogger } from "../shared/logger.ts";
import { receivedText } from "../shared/message.ts";
import { createMeter } from "../shared/metrics.ts";
import { pauseAfterConflict } from "../shared/transaction.ts";
import { partitionsIn } from "../shared/partitions.ts";
import { purge, type Purging } from "./purge.ts";
import { purgedAssetsIn } from "./purged.ts";
import { versionsIn } from "./versions.ts";

const logger = createLogger("purge");
const meter = createMeter("purge");
const dynamodb = new DynamoDBClient();
const tables = {
  assets: required("ASSETS_TABLE"),
  usage: required("USAGE_TABLE"),
};
const assets = countedAssets(dynamodb, tables, () => new Date(), pauseAfterConflict);
const erasures = erasuresIn(dynamodb, required("ERASURES_TABLE"));
const index = labelIndexIn(dynamodb, required("LABELS_TABLE"), Date.now);
const purging: Purging = {
  assets,
  versions: versionsIn(new S3Client(), required("BUCKET")),
  purged: purgedAssetsIn(dynamodb, required("CLIENT_TOKENS_TABLE")),
  isErased: async (ownerId) => isErased(await erasures.get(ownerId)),
  callbacks: partitionsIn(dynamodb, required("CALLBACKS_TABLE")),
  forgetContent: forgetIn(dynamodb, required("CONTENTS_TABLE")),
  reindex: (key) =>
    reindex(key, {
      ...{ assets, index, conflicted: () => undefined },
      pause: pauseOfIndexing,
    }),
  now: Date.now,
  removed: (versions) => meter.count("ObjectVersionsRemoved", versions),
};

/** Assets to purge, one a message. */
export const handler = eachMessage(logger, meter, handleMessage);

async function handleMessage({ body }: SQSRecord): Promise<void> {
  const job = receivedText(parsePurgeJob, body);
  const outcome = await purge(job, purging);
  logger.info("Purge", { ...job, outcome });
  meter.count("AssetsPurged", outcome === "purged" ? 1 : 0);
}
