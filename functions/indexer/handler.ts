import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSRecord } from "aws-lambda";
import { parseIndexJob } from "../../domain/messages.ts";
import { assetsTable } from "../shared/assets.ts";
import { eachMessageInOrder } from "../shared/batch.ts";
import { required } from "../shared/environment.ts";
import { createLogger, levelFor } from "../shared/logger.ts";
import { receivedText } from "../shared/message.ts";
import { createMeter } from "../shared/metrics.ts";
import { labelIndexIn, pauseOfIndexing } from "./label-index.ts";
import { type Indexing, reindex, reindexTogether } from "./reindex.ts";

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
export const handler = eachMessageInOrder(logger, meter, handleMessage, handleTogether);

/** Returns the messages of an owner that need no more. */
async function handleTogether(messages: readonly SQSRecord[]): Promise<readonly SQSRecord[]> {
  const jobs = messages.map(({ body }) => receivedText(parseIndexJob, body));
  const keys = [...new Map(jobs.map((job) => [job.id, job])).values()];
  const { agreed, indexed } = await reindexTogether(keys, indexing);
  for (const [level, ids] of Map.groupBy(agreed, (id) => levelFor(id, true))) {
    logger[level]("Index jobs", { ownerId: jobs[0]?.ownerId, ids, indexed });
  }
  meter.count("AssetsIndexed", indexed);
  return messages.filter((_, at) => agreed.has(jobs[at]?.id ?? ""));
}

async function handleMessage({ body }: SQSRecord): Promise<void> {
  const job = receivedText(parseIndexJob, body);
  const outcome = await reindex(job, indexing);
  logger[levelFor(job.id, true)]("Index job", { ...job, outcome });
  meter.count("AssetsIndexed", outcome === "indexed" ? 1 : 0);
}
