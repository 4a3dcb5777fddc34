import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };
const uriOf = (api: aws.appsync.GraphQLApi) => api.uris.apply((uris) => uris["GRAPHQL"] ?? "");

// The shop, open to the world by an API key.
const shop = new aws.appsync.GraphQLApi("shop", {
  authenticationType: "API_KEY",
  schema: `
    type Order { product: ID! reserved: Boolean! }
    type Query { name: String }
    type Mutation { order(product: ID!): Order }
    type Subscription { ordered: Order @aws_subscribe(mutations: ["order"]) }
  `,
});
const key = new aws.appsync.ApiKey("key", { apiId: shop.id });

// The warehouse, for signed requests only.
const warehouse = new aws.appsync.GraphQLApi("warehouse", {
  authenticationType: "AWS_IAM",
  schema: `
    type Reservation { product: ID! by: String! }
    type Query { name: String }
    type Mutation { reserve(product: ID!): Reservation }
    type Subscription { reserved: Reservation @aws_subscribe(mutations: ["reserve"]) }
  `,
});
const nothing = new aws.appsync.DataSource("nothing", { apiId: warehouse.id, name: "source", type: "NONE" });
new aws.appsync.Resolver("reserve", {
  ...{ apiId: warehouse.id, type: "Mutation", field: "reserve", dataSource: nothing.name, runtime },
  code: `export const request = (ctx) => ({ payload: { product: ctx.args.product, by: ctx.identity.userArn } });
export const response = (ctx) => ctx.result;
`,
});

// The shop's function, which asks the warehouse.
const functionRole = new aws.iam.Role("reserve", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
if (new pulumi.Config().getBoolean("granted") ?? true) {
  new aws.iam.RolePolicy("reserve", {
    role: functionRole.id,
    policy: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "appsync:GraphQL",
          Resource: pulumi.interpolate`${warehouse.arn}/types/Mutation/fields/reserve`,
        },
      ],
    },
  });
}
const reserve = new aws.lambda.Function("reserve", {
  runtime: "nodejs24.x",
  handler: "index.handler",
  role: functionRole.arn,
  code: new pulumi.asset.FileArchive("./reserve"),
  environment: { variables: { WAREHOUSE_URL: uriOf(warehouse) } },
});
const sourceRole = new aws.iam.Role("source", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "appsync.amazonaws.com" }),
});
new aws.iam.RolePolicy("source", {
  role: sourceRole.id,
  policy: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: reserve.arn }],
  },
});
const source = new aws.appsync.DataSource("reserve", {
  apiId: shop.id,
  name: "source",
  type: "AWS_LAMBDA",
  lambdaConfig: { functionArn: reserve.arn },
  serviceRoleArn: sourceRole.arn,
});
new aws.appsync.Resolver("order", {
  ...{ apiId: shop.id, type: "Mutation", field: "order", dataSource: source.name, runtime },
  code: `import { util } from "@aws-appsync/utils";
export const request = (ctx) => ({ operation: "Invoke", payload: { product: ctx.args.product } });
export const response = (ctx) => (ctx.error ? util.error(ctx.error.message, ctx.error.type) : ctx.result);
`,
});

export const apiKey = key.key;
export const shopUrl = uriOf(shop);
export const warehouseUrl = uriOf(warehouse);
export const warehouseRealtimeUrl = warehouse.uris.apply((uris) => uris["REALTIME"]);
