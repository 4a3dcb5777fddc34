import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What happens to an order goes through a FIFO topic to the FIFO queue of each consumer, which gets it in order. */
const topic = new aws.sns.Topic("orders", { fifoTopic: true, contentBasedDeduplication: false });
const table = new aws.dynamodb.Table("orders", {
  attributes: [{ name: "id", type: "S" }],
  hashKey: "id",
  billingMode: "PAY_PER_REQUEST",
});
const deadLetters = new aws.sqs.Queue("dead", { fifoQueue: true });

const allowTopic = (name: string, queue: aws.sqs.Queue) =>
  new aws.sqs.QueuePolicy(name, {
    queueUrl: queue.url,
    policy: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: { ArnEquals: { "aws:SourceArn": topic.arn } },
        },
      ],
    },
  });
allowTopic("dead", deadLetters);

const roleFor = (name: string, statements: Record<string, pulumi.Input<string> | pulumi.Input<string>[]>) => {
  const role = new aws.iam.Role(name, {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  });
  new aws.iam.RolePolicyAttachment(`${name}-logs`, {
    role: role.name,
    policyArn: aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
  });
  new aws.iam.RolePolicy(name, {
    role: role.id,
    policy: {
      Version: "2012-10-17",
      Statement: Object.entries(statements).map(([Action, Resource]) => ({
        Effect: "Allow",
        Action,
        Resource,
      })),
    },
  });
  return role;
};
const functionOf = (
  name: string,
  role: aws.iam.Role,
  code: string,
  variables: Record<string, pulumi.Input<string>>,
) =>
  new aws.lambda.Function(name, {
    role: role.arn,
    runtime: "nodejs22.x",
    handler: "index.handler",
    timeout: 10,
    code: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset(code) }),
    environment: { variables },
  });

const statuses = `import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
const client = new DynamoDBClient({});
const note = (id, status) => client.send(new UpdateItemCommand({
  TableName: process.env.TABLE,
  Key: { id: { S: id } },
  UpdateExpression: "SET #name = list_append(if_not_exists(#name, :none), :status)",
  ExpressionAttributeNames: { "#name": process.env.NAME },
  ExpressionAttributeValues: { ":none": { L: [] }, ":status": { L: [{ S: status }] } },
}));
`;
const fromQueue = `${statuses}
export const handler = async ({ Records }) => {
  for (const { body } of Records) {
    const { id, status } = JSON.parse(body);
    await note(id, status);
  }
};
`;

/** A consumer of the statuses that it names: its subscription, its queue and its function. */
const consumer = (name: string, wanted: string[]) => {
  const queue = new aws.sqs.Queue(name, { fifoQueue: true });
  allowTopic(name, queue);
  new aws.sns.TopicSubscription(name, {
    topic: topic.arn,
    protocol: "sqs",
    endpoint: queue.arn,
    rawMessageDelivery: true,
    filterPolicy: JSON.stringify({ status: wanted }),
    redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn }),
  });
  const role = roleFor(name, { "dynamodb:UpdateItem": table.arn });
  const reads = new aws.iam.RolePolicy(`${name}-queue`, {
    role: role.id,
    policy: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
          Resource: queue.arn,
        },
      ],
    },
  });
  const fn = functionOf(name, role, fromQueue, { TABLE: table.name, NAME: name });
  new aws.lambda.EventSourceMapping(
    name,
    { eventSourceArn: queue.arn, functionName: fn.arn, batchSize: 10 },
    { dependsOn: reads },
  );
};
consumer("billing", ["PLACED", "CANCELLED"]);
consumer("shipping", ["PLACED", "PACKED", "SHIPPED"]);

/** A standard topic that invokes a function. */
const notices = new aws.sns.Topic("notices");
const customer = functionOf(
  "customer",
  roleFor("customer", { "dynamodb:UpdateItem": table.arn }),
  `${statuses}
export const handler = async ({ Records }) => {
  for (const { Sns } of Records) await note(Sns.Message, Sns.Subject);
};
`,
  { TABLE: table.name, NAME: "customer" },
);
const allowed = new aws.lambda.Permission("customer", {
  action: "lambda:InvokeFunction",
  function: customer.name,
  principal: "sns.amazonaws.com",
  sourceArn: notices.arn,
});
new aws.sns.TopicSubscription(
  "customer",
  { topic: notices.arn, protocol: "lambda", endpoint: customer.arn },
  { dependsOn: allowed },
);

const publisherRole = roleFor("publisher", {
  "sns:Publish": [topic.arn, notices.arn],
});
const publisher = functionOf(
  "publisher",
  publisherRole,
  `import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
const client = new SNSClient({});
export const handler = async ({ arguments: { id, status } }) => {
  await client.send(new PublishCommand({
    TopicArn: process.env.TOPIC,
    Message: JSON.stringify({ id, status }),
    MessageAttributes: { status: { DataType: "String", StringValue: status } },
    MessageGroupId: id,
    MessageDeduplicationId: id + status,
  }));
  if (status === "SHIPPED") {
    await client.send(new PublishCommand({ TopicArn: process.env.NOTICES, Subject: status, Message: id }));
  }
  return status;
};
`,
  { TOPIC: topic.arn, NOTICES: notices.arn },
);

const api = new aws.appsync.GraphQLApi("orders", {
  authenticationType: "API_KEY",
  schema: `
    enum Status { PLACED PACKED SHIPPED CANCELLED }
    type Order { id: ID! billing: [Status!] shipping: [Status!] customer: [Status!] }
    type Query { order(id: ID!): Order }
    type Mutation { setStatus(id: ID!, status: Status!): Status }
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
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: publisher.arn },
    ],
  },
});
const orders = new aws.appsync.DataSource("orders", {
  apiId: api.id,
  name: "orders",
  type: "AMAZON_DYNAMODB",
  dynamodbConfig: { tableName: table.name },
  serviceRoleArn: sourceRole.arn,
});
const publishing = new aws.appsync.DataSource("publisher", {
  apiId: api.id,
  name: "publisher",
  type: "AWS_LAMBDA",
  lambdaConfig: { functionArn: publisher.arn },
  serviceRoleArn: sourceRole.arn,
});
const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };
new aws.appsync.Resolver("order", {
  apiId: api.id,
  type: "Query",
  field: "order",
  dataSource: orders.name,
  runtime,
  code: `import { get } from "@aws-appsync/utils/dynamodb";
export const request = (ctx) => get({ key: { id: ctx.args.id } });
export const response = (ctx) => ctx.result;
`,
});
new aws.appsync.Resolver("setStatus", {
  apiId: api.id,
  type: "Mutation",
  field: "setStatus",
  dataSource: publishing.name,
  runtime,
  code: `import { util } from "@aws-appsync/utils";
export const request = (ctx) => ({ operation: "Invoke", payload: { arguments: ctx.args } });
export const response = (ctx) => {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return ctx.result;
};
`,
});
export const deadLetterUrl = deadLetters.url;
