import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { parseEraseJob } from "../../domain/messages.ts";
import { versionsIn } from "../purge/versions.ts";
import { eachMessage } from "../shared/batch.ts";
import { forgetIn } from "../shared/contents.ts";
import { required } from "../shared/environment.ts";
import { erasuresIn } from "../shared/erasures.ts";
import { createLogger } from "../shared/logger.ts";
import { receivedText } from "../shared/message.ts";
import { createMeter } from "../shared/metrics.ts";
import { sendAll } from "../shared/queue.ts";
import { partitionsIn } from "../shared/partitions.ts";
import { erase, type Store } from "./erase.ts";
import { signInStore } from "./sign-in.ts";
import { assetStore, objectStore, profileStore, rowStore } from "./stores.ts";

const logger = createLogger("erase");
const meter = createMeter("erase");
const dynamodb = new DynamoDBClient();
const sqs = new SQSClient();
const queueUrl = required("ERASE_QUEUE_URL");
const erasures = erasuresIn(dynamodb, required("ERASURES_TABLE"));
const versions = versionsIn(new S3Client(), required("BUCKET"));
const rowsOf = (variable: string, sortKey?: string) => partitionsIn(dynamodb, required(variable), sortKey);

/** Milliseconds of one run. The function may run for longer, so that its last request ends. */
const runTime = Number(required("RUN_SECONDS")) * 1000;

/** The sign-in first, so that nothing new comes. */
const stores: readonly Store[] = [
  signInStore(new CognitoIdentityProviderClient(), required("USER_POOL_ID")),
  profileStore(dynamodb, required("USERS_TABLE")),
  assetStore(rowsOf("ASSETS_TABLE"), forgetIn(dynamodb, required("CONTENTS_TABLE"))),
  objectStore("uploads", versions),
  objectStore("renditions", versions),
  rowStore("labels", rowsOf("LABELS_TABLE")),
  rowStore("events", rowsOf("EVENTS_TABLE")),
  rowStore("callbacks", rowsOf("CALLBACKS_TABLE")),
  rowStore("usage", rowsOf("USAGE_TABLE")),
  rowStore("clientTokens", rowsOf("CLIENT_TOKENS_TABLE", "clientToken")),
];

/** Users to erase, one a message. */
export const handler = eachMessage(logger, meter, handleMessage);

async function handleMessage({ body }: SQSRecord): Promise<void> {
  const job = receivedText(parseEraseJob, body);
  const end = Date.now() + runTime;
  const outcome = await erase(job, {
    erasures,
    stores,
    hasTime: () => Date.now() < end,
    queue: (next, delaySeconds) => sendAll(sqs, queueUrl, [next], { delaySeconds }),
    now: Date.now,
  });
  logger.info("Erasure", { ...job, outcome });
  meter.count("UsersErased", outcome === "done" ? 1 : 0);
}
