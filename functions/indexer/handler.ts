import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSRecord } from "aws-lambda";
import { parseIndexJob } from "../../domain/messages.ts";
import { assetsTable } from "../shared/assets.ts";
import { eachMessageInOrder } from "../shared/batch.ts";
import { required } from "../shared/environment.ts";
import { createLogger } from "../shared/logger.ts";
import { receivedText } from "../shared/message.ts";
import { createMeter } from "../shared/metrics.ts";
import { labelIndexIn, pauseOfIndexing } from "./label-index.ts";
import { type Indexing, reindex } from "./reindex.ts";

const logger = createLogger("indexer");
const meter = createMeter("indexer");
const dynamodb = new DynamoDBClient();
const indexing: Indexing = {
  assets: assetsTable(dynamodb, required("ASSETS_TABLE"), () => new Date()),
  index: labelIndexIn(dynamodb, required("LABELS_TABLE"), Date.now),
  pause: pauseOfIndexing,
  conflicted: () => meter.count("IndexConflicts"),
};

/** Assets whose labels, or whose state, have changed. */
export const handler = eachMessageInOrder(logger, meter, handleMessage);

async function handleMessage({ body }: SQSRecord): Promise<void> {
  const job = receivedText(parseIndexJob, body);
  const outcome = await reindex(job, indexing);
  logger.info("Index job", { ...job, outcome });
  meter.count("AssetsIndexed", outcome === "indexed" ? 1 : 0);
}
