import * as aws from "@pulumi/aws";

/** One field whose resolver reaches no source: what an answer costs at the very least. */
const pool = new aws.cognito.UserPool("people");
new aws.cognito.UserPoolClient("app", {
  userPoolId: pool.id,
  explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"],
});
new aws.cognito.UserGroup("admins", { userPoolId: pool.id, name: "admins" });

const api = new aws.appsync.GraphQLApi("echo", {
  schema: "type Query { echo(text: String!): String }",
  authenticationType: "AMAZON_COGNITO_USER_POOLS",
  userPoolConfig: { userPoolId: pool.id, defaultAction: "ALLOW" },
});
const none = new aws.appsync.DataSource("none", { apiId: api.id, name: "none", type: "NONE" });
new aws.appsync.Resolver("Query.echo", {
  apiId: api.id,
  type: "Query",
  field: "echo",
  kind: "UNIT",
  dataSource: none.name,
  runtime: { name: "APPSYNC_JS", runtimeVersion: "1.0.0" },
  code: `
    export const request = (ctx) => ({ payload: ctx.args.text });
    export const response = (ctx) => ctx.result;
  `,
});
