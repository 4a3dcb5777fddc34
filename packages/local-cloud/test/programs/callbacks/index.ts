import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import * as aws from "@pulumi/aws";

/** Functions written in place: each change of the bucket, the queue and the table leaves a row in the journal. */
const journal = new aws.dynamodb.Table("journal", {
  attributes: [{ name: "what", type: "S" }],
  hashKey: "what",
  billingMode: "PAY_PER_REQUEST",
});

const note = async (what: string): Promise<void> => {
  const client = new DynamoDBClient({});
  await client.send(new PutItemCommand({ TableName: journal.name.get(), Item: { what: { S: what } } }));
};

const bucket = new aws.s3.Bucket("files");
bucket.onObjectCreated("file-created", async ({ Records = [] }) => {
  for (const { s3 } of Records) {
    await note(`file ${s3.object.key}`);
  }
});

const queue = new aws.sqs.Queue("jobs", { visibilityTimeoutSeconds: 180 });
queue.onEvent("job", async ({ Records }) => {
  for (const { body } of Records) {
    await note(`job ${body}`);
  }
});

const orders = new aws.dynamodb.Table("orders", {
  attributes: [{ name: "id", type: "S" }],
  hashKey: "id",
  billingMode: "PAY_PER_REQUEST",
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
});
orders.onEvent(
  "order",
  async ({ Records }) => {
    for (const { eventName } of Records) {
      await note(`order ${eventName}`);
    }
  },
  { startingPosition: "LATEST" },
);

export const bucketName = bucket.bucket;
export const queueUrl = queue.url;
export const ordersTable = orders.name;
export const journalTable = journal.name;
