import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { parseWebhookRequest } from "../../domain/messages.ts";
import { assetsTable } from "../shared/assets.ts";
import { callbacksTable } from "../shared/callbacks.ts";
import { rulesOf } from "../shared/destination.ts";
import { required } from "../shared/environment.ts";
import { received } from "../shared/message.ts";
import { sendAll } from "../shared/queue.ts";
import { answer, type Webhooks } from "./webhooks.ts";

const sqs = new SQSClient();
const queueUrl = required("DELIVERY_QUEUE_URL");

const dynamodb = new DynamoDBClient();
const webhooks: Webhooks = {
  callbacks: callbacksTable(dynamodb, required("CALLBACKS_TABLE")),
  assets: assetsTable(dynamodb, required("ASSETS_TABLE"), () => new Date()),
  rules: rulesOf(process.env),
  queue: (job) => sendAll(sqs, queueUrl, [job]),
  now: Date.now,
};

/** AppSync's invocations, one request each. */
export const handler = (request: unknown): Promise<unknown> =>
  answer(received(parseWebhookRequest, request), webhooks);
