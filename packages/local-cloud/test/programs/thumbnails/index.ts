import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Pictures are uploaded by presigned URL. Each upload invokes a function that makes a thumbnail beside it. */
const bucket = new aws.s3.Bucket("pictures");
const table = new aws.dynamodb.Table("pictures", {
  attributes: [{ name: "id", type: "S" }],
  hashKey: "id",
  billingMode: "PAY_PER_REQUEST",
});

const roleFor = (name: string, actions: Record<string, pulumi.Input<string>>) => {
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
      Statement: Object.entries(actions).map(([Action, Resource]) => ({
        Effect: "Allow",
        Action,
        Resource,
      })),
    },
  });
  return role;
};

const thumbnailer = new aws.lambda.Function("thumbnailer", {
  role: roleFor("thumbnailer", {
    "s3:GetObject": pulumi.interpolate`${bucket.arn}/uploads/*`,
    "s3:PutObject": pulumi.interpolate`${bucket.arn}/thumbnails/*`,
    "dynamodb:PutItem": table.arn,
  }).arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  memorySize: 1024,
  timeout: 30,
  // With its packages: npm install --prefix thumbnailer --os linux --cpu x64
  code: new pulumi.asset.FileArchive("thumbnailer"),
  environment: { variables: { TABLE: table.name } },
});
const allowed = new aws.lambda.Permission("thumbnailer", {
  action: "lambda:InvokeFunction",
  function: thumbnailer.name,
  principal: "s3.amazonaws.com",
  sourceArn: bucket.arn,
});
new aws.s3.BucketNotification(
  "uploads",
  {
    bucket: bucket.id,
    lambdaFunctions: [
      {
        lambdaFunctionArn: thumbnailer.arn,
        events: ["s3:ObjectCreated:*"],
        filterPrefix: "uploads/",
      },
    ],
  },
  { dependsOn: allowed },
);

const signerCode = `import { randomUUID } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
const client = new S3Client({});
export const handler = async ({ name }) => {
  const id = randomUUID();
  const put = new PutObjectCommand({ Bucket: process.env.BUCKET, Key: "uploads/" + id + "/" + name });
  return { id, url: await getSignedUrl(client, put, { expiresIn: 300 }) };
};
`;
const signer = new aws.lambda.Function("signer", {
  role: roleFor("signer", { "s3:PutObject": pulumi.interpolate`${bucket.arn}/uploads/*` }).arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  timeout: 10,
  code: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset(signerCode) }),
  environment: { variables: { BUCKET: bucket.bucket } },
});

const api = new aws.appsync.GraphQLApi("pictures", {
  authenticationType: "API_KEY",
  schema: `
    type Upload { id: ID! url: String! }
    type Picture { id: ID! original: String! thumbnail: String! width: Int! height: Int! }
    type Query { picture(id: ID!): Picture }
    type Mutation { requestUpload(name: String!): Upload! }
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
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: signer.arn },
    ],
  },
});
const pictures = new aws.appsync.DataSource("pictures", {
  apiId: api.id,
  name: "pictures",
  type: "AMAZON_DYNAMODB",
  dynamodbConfig: { tableName: table.name },
  serviceRoleArn: sourceRole.arn,
});
const uploads = new aws.appsync.DataSource("uploads", {
  apiId: api.id,
  name: "uploads",
  type: "AWS_LAMBDA",
  lambdaConfig: { functionArn: signer.arn },
  serviceRoleArn: sourceRole.arn,
});
const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };
new aws.appsync.Resolver("picture", {
  apiId: api.id,
  type: "Query",
  field: "picture",
  dataSource: pictures.name,
  runtime,
  code: `import { get } from "@aws-appsync/utils/dynamodb";
export const request = (ctx) => get({ key: { id: ctx.args.id } });
export const response = (ctx) => ctx.result;
`,
});
new aws.appsync.Resolver("requestUpload", {
  apiId: api.id,
  type: "Mutation",
  field: "requestUpload",
  dataSource: uploads.name,
  runtime,
  code: `import { util } from "@aws-appsync/utils";
export const request = (ctx) => ({ operation: "Invoke", payload: { name: ctx.args.name } });
export const response = (ctx) => {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return ctx.result;
};
`,
});
export const bucketName = bucket.bucket;
