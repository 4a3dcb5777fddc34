import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as aws from "@pulumi/aws";

/** Functions written in place, with the role that Pulumi gives them. Each run is counted in a table. */
const runs = new aws.dynamodb.Table("runs", {
  attributes: [{ name: "job", type: "S" }],
  hashKey: "job",
  billingMode: "PAY_PER_REQUEST",
});

const count = async (job: string): Promise<number> => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: runs.name.get(),
      Key: { job },
      UpdateExpression: "ADD #runs :one",
      ExpressionAttributeNames: { "#runs": "runs" },
      ExpressionAttributeValues: { ":one": 1 },
      ReturnValues: "ALL_NEW",
    }),
  );
  return Attributes?.["runs"] as number;
};

/** A schedule that Pulumi makes from its expression. */
aws.cloudwatch.onSchedule("hourly", "rate(1 hour)", async () => {
  await count("hourly");
});

/** A rule of the program with a schedule. */
const daily = new aws.cloudwatch.EventRule("daily", { scheduleExpression: "rate(1 day)" });
daily.onEvent("daily", async ({ source }: aws.cloudwatch.EventRuleEvent) => {
  await count(`daily by ${source}`);
});

/** A function that callers invoke. */
const manual = new aws.lambda.CallbackFunction("manual", {
  callback: async ({ job }: { readonly job: string }) => ({ job, runs: await count(job) }),
});

export const tableName = runs.name;
export const functionName = manual.name;
