import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { callbacksTable } from "../shared/callbacks.ts";
import { required } from "../shared/environment.ts";
import { answer, type WebhookRequest, type Webhooks } from "./webhooks.ts";

const sqs = new SQSClient();
const queueUrl = required("DELIVERY_QUEUE_URL");

const webhooks: Webhooks = {
  callbacks: callbacksTable(new DynamoDBClient(), required("CALLBACKS_TABLE")),
  rules: { loopback: required("LOOPBACK_CALLBACKS") === "true" },
  queue: async (job) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(job) }));
  },
  now: Date.now,
};

/** AppSync's invocations, one request each. */
export const handler = (request: WebhookRequest): Promise<unknown> => answer(request, webhooks);
