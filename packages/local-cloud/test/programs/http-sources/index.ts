import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const region = aws.config.requireRegion();
const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };

const api = new aws.appsync.GraphQLApi("orders", {
  authenticationType: "API_KEY",
  schema: `
    type Query { weather(city: String!): String }
    type Mutation { order(product: String!): ID }
  `,
});
const key = new aws.appsync.ApiKey("key", { apiId: api.id });

// A public API.
const weather = new aws.appsync.DataSource("weather", {
  apiId: api.id,
  type: "HTTP",
  httpConfig: { endpoint: config.get("weather") ?? "https://weather.example.com" },
});
new aws.appsync.Resolver("weather", {
  ...{ apiId: api.id, type: "Query", field: "weather", dataSource: weather.name, runtime },
  code: `import { util } from "@aws-appsync/utils";
export const request = (ctx) => ({
  method: "GET",
  resourcePath: "/today",
  params: { query: { city: ctx.args.city } },
});
export const response = (ctx) => {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result.statusCode === 200 ? ctx.result.body : null;
};
`,
});

// SQS without a function between: signed requests to the service's own address.
const queue = new aws.sqs.Queue("orders");
const role = new aws.iam.Role("orders", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "appsync.amazonaws.com" }),
});
if (config.getBoolean("granted") ?? true) {
  new aws.iam.RolePolicy("orders", {
    role: role.id,
    policy: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: queue.arn }],
    },
  });
}
const service = config.get("service") ?? "sqs";
const orders = new aws.appsync.DataSource("orders", {
  apiId: api.id,
  type: "HTTP",
  serviceRoleArn: role.arn,
  httpConfig: {
    endpoint: `https://${service}.${region}.amazonaws.com/`,
    authorizationConfig: { awsIamConfig: { signingRegion: region, signingServiceName: service } },
  },
});
new aws.appsync.Resolver("order", {
  ...{ apiId: api.id, type: "Mutation", field: "order", dataSource: orders.name, runtime },
  code: pulumi.interpolate`import { util } from "@aws-appsync/utils";
export const request = (ctx) => ({
  method: "POST",
  resourcePath: "/",
  params: {
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" },
    body: JSON.stringify({ QueueUrl: "${queue.url}", MessageBody: ctx.args.product }),
  },
});
export const response = (ctx) => {
  const answer = JSON.parse(ctx.result.body);
  if (ctx.result.statusCode !== 200) {
    util.error(answer.message, answer.__type);
  }
  return answer.MessageId;
};
`,
});

export const url = api.uris.apply((uris) => uris["GRAPHQL"]);
export const apiKey = key.key;
export const queueUrl = queue.url;
