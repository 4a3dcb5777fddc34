import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// A blog whose fields are resolved by Lambda functions. The resolvers have no code: a function gets the whole context.
const api = new aws.appsync.GraphQLApi("blog", {
  authenticationType: "API_KEY",
  schema: `
    type Post { id: ID! title: String! author: Author related: [Post!] }
    type Author { name: String! }
    type Query { post(id: ID!): Post posts: [Post!] }
    type Mutation { addPost(title: String!): Post }
    type Subscription { added: Post @aws_subscribe(mutations: ["addPost"]) }
  `,
});
const key = new aws.appsync.ApiKey("key", { apiId: api.id });

const functionRole = new aws.iam.Role("posts", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const posts = new aws.lambda.Function("posts", {
  runtime: "nodejs24.x",
  handler: "posts.handler",
  role: functionRole.arn,
  code: new pulumi.asset.FileArchive("./handlers"),
});
const related = new aws.lambda.Function("related", {
  runtime: "nodejs24.x",
  handler: "related.handler",
  role: functionRole.arn,
  code: new pulumi.asset.FileArchive("./handlers"),
});

const sourceRole = new aws.iam.Role("source", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "appsync.amazonaws.com" }),
});
const relatedIsGranted = new pulumi.Config().getBoolean("relatedIsGranted") ?? true;
new aws.iam.RolePolicy("source", {
  role: sourceRole.id,
  policy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "lambda:InvokeFunction",
        Resource: [posts.arn, ...(relatedIsGranted ? [related.arn] : [])],
      },
    ],
  },
});
const sourceOf = (name: string, { arn }: aws.lambda.Function) =>
  new aws.appsync.DataSource(name, {
    apiId: api.id,
    name,
    type: "AWS_LAMBDA",
    lambdaConfig: { functionArn: arn },
    serviceRoleArn: sourceRole.arn,
  });
const postsSource = sourceOf("posts", posts);
const relatedSource = sourceOf("related", related);

for (const field of ["post", "posts"]) {
  new aws.appsync.Resolver(field, { apiId: api.id, type: "Query", field, dataSource: postsSource.name });
}

// One invocation for all posts of a list, with a list of contexts.
new aws.appsync.Resolver("related", {
  apiId: api.id,
  type: "Post",
  field: "related",
  dataSource: relatedSource.name,
  maxBatchSize: 10,
});

// A pipeline with code, whose function has none.
const add = new aws.appsync.Function("add", { apiId: api.id, name: "add", dataSource: postsSource.name });
new aws.appsync.Resolver("addPost", {
  apiId: api.id,
  type: "Mutation",
  field: "addPost",
  kind: "PIPELINE",
  pipelineConfig: { functions: [add.functionId] },
  runtime: { name: "APPSYNC_JS", runtimeVersion: "1.0.0" },
  code: `export const request = (ctx) => { ctx.stash.author = "guest"; return { title: ctx.args.title.trim() }; };
export const response = (ctx) => ctx.prev.result;
`,
});

export const url = api.uris.apply((uris) => uris["GRAPHQL"]);
export const apiKey = key.key;
