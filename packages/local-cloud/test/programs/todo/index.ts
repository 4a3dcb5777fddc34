import * as aws from "@pulumi/aws";

const table = new aws.dynamodb.Table("todos", {
  attributes: [{ name: "id", type: "S" }],
  hashKey: "id",
  billingMode: "PAY_PER_REQUEST",
});

const api = new aws.appsync.GraphQLApi("todo", {
  authenticationType: "API_KEY",
  schema: `
    type Todo { id: ID! title: String! done: Boolean! }
    type Query { todo(id: ID!): Todo }
    type Mutation { addTodo(title: String!): Todo }
    type Subscription { added: Todo @aws_subscribe(mutations: ["addTodo"]) }
  `,
});
const key = new aws.appsync.ApiKey("key", { apiId: api.id });

const role = new aws.iam.Role("source", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "appsync.amazonaws.com" }),
});
new aws.iam.RolePolicy("source", {
  role: role.id,
  policy: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:PutItem"], Resource: table.arn }],
  },
});
const source = new aws.appsync.DataSource("todos", {
  apiId: api.id,
  name: "todos",
  type: "AMAZON_DYNAMODB",
  dynamodbConfig: { tableName: table.name },
  serviceRoleArn: role.arn,
});
const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };
new aws.appsync.Resolver("todo", {
  apiId: api.id,
  type: "Query",
  field: "todo",
  dataSource: source.name,
  runtime,
  code: `import { get } from "@aws-appsync/utils/dynamodb";
export const request = (ctx) => get({ key: { id: ctx.args.id } });
export const response = (ctx) => ctx.result;
`,
});
new aws.appsync.Resolver("addTodo", {
  apiId: api.id,
  type: "Mutation",
  field: "addTodo",
  dataSource: source.name,
  runtime,
  code: `import { util } from "@aws-appsync/utils";
import { put } from "@aws-appsync/utils/dynamodb";
export const request = (ctx) => put({ key: { id: util.autoId() }, item: { title: ctx.args.title, done: false } });
export const response = (ctx) => ctx.result;
`,
});
export const url = api.uris.apply((uris) => uris["GRAPHQL"]);
export const apiKey = key.key;
