import * as aws from "@pulumi/aws";

const api = new aws.appsync.GraphQLApi("channels", {
  authenticationType: "API_KEY",
  schema: `
    type Message { channel: String! body: String! urgent: Boolean! }
    type Query { ping: String }
    type Mutation { publish(channel: String!, body: String!, urgent: Boolean!): Message }
    type Subscription { urgentOn(channel: String!): Message @aws_subscribe(mutations: ["publish"]) }
  `,
});
new aws.appsync.ApiKey("key", { apiId: api.id });

const none = new aws.appsync.DataSource("none", { apiId: api.id, type: "NONE" });
const resolver = (type: string, field: string, code: string) =>
  new aws.appsync.Resolver(field, {
    apiId: api.id,
    type,
    field,
    dataSource: none.name,
    runtime: { name: "APPSYNC_JS", runtimeVersion: "1.0.0" },
    code,
  });

resolver(
  "Query",
  "ping",
  `export const request = () => ({ payload: "pong" });
export const response = (ctx) => ctx.result;
`,
);
resolver(
  "Mutation",
  "publish",
  `export const request = (ctx) => ({ payload: ctx.args });
export const response = (ctx) => ctx.result;
`,
);
resolver(
  "Subscription",
  "urgentOn",
  `import { extensions, util } from "@aws-appsync/utils";
export const request = () => ({ payload: null });
export const response = (ctx) => {
  const filter = { channel: { eq: ctx.args.channel }, urgent: { eq: true } };
  extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter(filter));
  return null;
};
`,
);
