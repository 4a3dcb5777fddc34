import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Sessions end by the table's time to live. A function keeps those that ended so, but not those that were closed. */
const sessions = new aws.dynamodb.Table("sessions", {
  attributes: [{ name: "id", type: "S" }],
  hashKey: "id",
  billingMode: "PAY_PER_REQUEST",
  ttl: { attributeName: "expiresAt", enabled: true },
  streamEnabled: true,
  streamViewType: "OLD_IMAGE",
});
const archive = new aws.dynamodb.Table("archive", {
  attributes: [{ name: "id", type: "S" }],
  hashKey: "id",
  billingMode: "PAY_PER_REQUEST",
});

const role = new aws.iam.Role("archiver", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
new aws.iam.RolePolicyAttachment("archiver-logs", {
  role: role.name,
  policyArn: aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
});
new aws.iam.RolePolicy("archiver", {
  role: role.id,
  policy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        Resource: sessions.streamArn,
      },
      { Effect: "Allow", Action: "dynamodb:ListStreams", Resource: "*" },
      { Effect: "Allow", Action: "dynamodb:PutItem", Resource: archive.arn },
    ],
  },
});

const archiver = new aws.lambda.Function("archiver", {
  role: role.arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  timeout: 30,
  code: new pulumi.asset.AssetArchive({
    "index.mjs": new pulumi.asset.StringAsset(`
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
const client = new DynamoDBClient({});
export const handler = async ({ Records }) => {
  for (const { dynamodb, userIdentity } of Records) {
    const Item = { ...dynamodb.OldImage, endedBy: { S: userIdentity.principalId } };
    await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item }));
  }
};
`),
  }),
  environment: { variables: { TABLE: archive.name } },
});
new aws.lambda.EventSourceMapping("expired", {
  eventSourceArn: sessions.streamArn,
  functionName: archiver.arn,
  startingPosition: "TRIM_HORIZON",
  filterCriteria: {
    filters: [
      {
        pattern: JSON.stringify({
          userIdentity: { type: ["Service"], principalId: ["dynamodb.amazonaws.com"] },
        }),
      },
    ],
  },
});

export const sessionsName = sessions.name;
export const archiveName = archive.name;
