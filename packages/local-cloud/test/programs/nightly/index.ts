import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Reports are made every night, and when somebody asks for one through the API. Both write to one table. */
const table = new aws.dynamodb.Table("reports", {
  attributes: [{ name: "id", type: "S" }],
  hashKey: "id",
  billingMode: "PAY_PER_REQUEST",
});
const bus = new aws.cloudwatch.EventBus("reporting");
const deadLetters = new aws.sqs.Queue("dead");

const jobRole = new aws.iam.Role("job", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
new aws.iam.RolePolicyAttachment("job-logs", {
  role: jobRole.name,
  policyArn: aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
});
new aws.iam.RolePolicy("job", {
  role: jobRole.id,
  policy: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "dynamodb:PutItem", Resource: table.arn }],
  },
});

const code = `import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
const client = new DynamoDBClient({});
export const handler = async (event) => {
  const { id, reason } = event;
  await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id: { S: id }, reason: { S: reason } } }));
};
`;
const job = (name: string) =>
  new aws.lambda.Function(name, {
    role: jobRole.arn,
    runtime: "nodejs22.x",
    handler: "index.handler",
    timeout: 30,
    code: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset(code) }),
    environment: { variables: { TABLE: table.name } },
  });
const allow = (name: string, fn: aws.lambda.Function, rule: aws.cloudwatch.EventRule) =>
  new aws.lambda.Permission(name, {
    action: "lambda:InvokeFunction",
    function: fn.name,
    principal: "events.amazonaws.com",
    sourceArn: rule.arn,
  });

const nightlyJob = job("nightly");
const nightly = new aws.cloudwatch.EventRule("nightly", { scheduleExpression: "rate(1 day)" });
allow("nightly", nightlyJob, nightly);
new aws.cloudwatch.EventTarget("nightly", {
  rule: nightly.name,
  arn: nightlyJob.arn,
  input: JSON.stringify({ id: "nightly", reason: "schedule" }),
});

const requestedJob = job("requested");
const requested = new aws.cloudwatch.EventRule("requested", {
  eventBusName: bus.name,
  eventPattern: JSON.stringify({
    source: ["reports.api"],
    "detail-type": ["ReportRequested"],
    detail: { id: [{ exists: true }], urgency: [{ numeric: [">=", 1] }] },
  }),
});
allow("requested", requestedJob, requested);
const transformed = {
  inputTransformer: {
    inputPaths: { id: "$.detail.id", type: "$.detail-type" },
    inputTemplate: '{"id": <id>, "reason": <type>}',
  },
};
new aws.cloudwatch.EventTarget("requested", {
  rule: requested.name,
  eventBusName: bus.name,
  arn: requestedJob.arn,
  ...transformed,
});

/** A function that lets no rule call it: its events go to the dead-letter queue. */
const forbiddenJob = job("forbidden");
new aws.cloudwatch.EventTarget("forbidden", {
  rule: requested.name,
  eventBusName: bus.name,
  arn: forbiddenJob.arn,
  deadLetterConfig: { arn: deadLetters.arn },
});
new aws.sqs.QueuePolicy("dead", {
  queueUrl: deadLetters.url,
  policy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: deadLetters.arn,
        Condition: { ArnEquals: { "aws:SourceArn": requested.arn } },
      },
    ],
  },
});

const api = new aws.appsync.GraphQLApi("reports", {
  authenticationType: "API_KEY",
  schema: `
    type Report { id: ID! reason: String! }
    type Query { report(id: ID!): Report }
    type Mutation { requestReport(id: ID!, urgency: Int!): String }
  `,
});
new aws.appsync.ApiKey("key", { apiId: api.id });
const sourceRole = new aws.iam.Role("source", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "appsync.amazonaws.com" }),
});
new aws.iam.RolePolicy("source", {
  role: sourceRole.id,
  policy: {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "dynamodb:GetItem", Resource: table.arn },
      { Effect: "Allow", Action: "events:PutEvents", Resource: bus.arn },
    ],
  },
});
const reports = new aws.appsync.DataSource("reports", {
  apiId: api.id,
  name: "reports",
  type: "AMAZON_DYNAMODB",
  dynamodbConfig: { tableName: table.name },
  serviceRoleArn: sourceRole.arn,
});
const events = new aws.appsync.DataSource("events", {
  apiId: api.id,
  name: "events",
  type: "AMAZON_EVENTBRIDGE",
  eventBridgeConfig: { eventBusArn: bus.arn },
  serviceRoleArn: sourceRole.arn,
});
const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };
new aws.appsync.Resolver("report", {
  apiId: api.id,
  type: "Query",
  field: "report",
  dataSource: reports.name,
  runtime,
  code: `import { get } from "@aws-appsync/utils/dynamodb";
export const request = (ctx) => get({ key: { id: ctx.args.id } });
export const response = (ctx) => ctx.result;
`,
});
new aws.appsync.Resolver("requestReport", {
  apiId: api.id,
  type: "Mutation",
  field: "requestReport",
  dataSource: events.name,
  runtime,
  code: `import { util } from "@aws-appsync/utils";
export const request = (ctx) => ({
  operation: "PutEvents",
  events: [{ source: "reports.api", detailType: "ReportRequested", detail: { id: ctx.args.id, urgency: ctx.args.urgency } }],
});
export const response = (ctx) => {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return ctx.result.Entries[0].EventId;
};
`,
});
export const deadLetterUrl = deadLetters.url;
export const tableName = table.name;
