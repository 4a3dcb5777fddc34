import { describe, expect, it } from "@jest/globals";
import { type Graph, ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { graphOf } from "../support/program.ts";

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

/**
 * What each role may do, and no more. The end-to-end tests prove that each line is needed;
 * this table names the role and the action when one is added or taken away.
 */
const permissions: Record<string, readonly string[]> = {
  "api-logs": ["logs:CreateLogStream", "logs:PutLogEvents"],
  deliver: [
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
  ],
  "audit-schedule": ["sqs:SendMessage"],
  erase: [
    "cognito-idp:AdminDeleteUser",
    "cognito-idp:ListUsers",
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:DeleteObjectVersion",
    "s3:ListBucketVersions",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
  ],
  ingest: [
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:DeleteObject",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListBucket",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
  ],
  indexer: [
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
  ],
  label: [
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "rekognition:DetectLabels",
    "s3:GetObject",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
  ],
  operator: ["appsync:GraphQL"],
  presign: [
    "dynamodb:BatchGetItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:GetObject",
    "s3:PutObject",
  ],
  purge: [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:DeleteObjectVersion",
    "s3:ListBucketVersions",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
  ],
  relay: [
    "appsync:GraphQL",
    "dynamodb:DescribeStream",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "dynamodb:PutItem",
    "dynamodb:PutItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
  ],
  restore: ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject"],
  "source-assets": [
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateItem",
  ],
  "source-callbacks": ["dynamodb:Query"],
  "source-clientTokens": ["dynamodb:GetItem", "dynamodb:PutItem"],
  "source-erasures": ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"],
  "source-events": ["dynamodb:GetItem", "dynamodb:Query"],
  "source-labels": ["dynamodb:Query"],
  "source-presign": ["lambda:InvokeFunction"],
  "source-usage": [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:UpdateItem",
  ],
  "source-users": [
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
  ],
  "source-webhooks": ["lambda:InvokeFunction"],
  sweep: [
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
  ],
  "sweep-schedule": ["lambda:InvokeFunction"],
  thumbnail: [
    "dynamodb:GetItem",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:DeleteObjectVersion",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
  ],
  webhooks: [
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
  ],
};

/** Roles that no service takes. */
const people = ["restore", "operator"];

describe.each(["dev", "prod"])("the roles of stack %s", (stack) => {
  it("are these", async () => {
    const graph = await graphOf(stack);
    const roles = ofType(graph, "aws:iam/role:Role").map(({ name }) => name);
    expect(roles.sort()).toEqual(Object.keys(permissions).sort());
  });

  it.each(Object.entries(permissions))("%s has exactly these permissions", async (role, actions) => {
    const granted = statementsOf(await graphOf(stack), role).flatMap(({ Action }) => Action);
    expect({ role, actions: granted.sort() }).toEqual({ role, actions });
  });

  it("name each action, and a resource for each action that takes one", async () => {
    const graph = await graphOf(stack);
    const statements = ofType(graph, "aws:iam/rolePolicy:RolePolicy").flatMap(({ name }) =>
      statementsOf(graph, name).map((statement) => ({ name, ...statement })),
    );
    const wild = statements.filter(({ Action }) => Action.some((action) => action.includes("*")));
    expect(wild).toEqual([]);
    const everywhere = statements.filter(({ Resource }) => [Resource].flat().includes("*"));
    expect(
      everywhere.flatMap(({ name, Action }) => Action.map((action) => `${name} ${action}`)).sort(),
    ).toEqual(["label rekognition:DetectLabels", "relay dynamodb:ListStreams"]);
    const denials = statements.filter(({ Effect }) => Effect !== "Allow");
    expect(denials).toEqual([]);
  });

  it("have wildcards only for objects of a prefix, log streams and one field", async () => {
    const graph = await graphOf(stack);
    const wild = ofType(graph, "aws:iam/rolePolicy:RolePolicy").flatMap(({ name }) =>
      statementsOf(graph, name)
        .flatMap(({ Resource }) => [Resource].flat())
        .filter((resource) => resource.length > 1 && resource.includes("*"))
        .map((resource) =>
          resource
            .split(":")
            .slice(5)
            .join(":")
            .replace(/^[\w.-]+(?=\/)/, "BUCKET"),
        ),
    );
    const known = [
      /^log-group:\/aws\/lambda\/darkroom-\w+-\w+:\*$/,
      /^log-group:\/aws\/appsync\/apis\/\*$/,
      /^BUCKET\/uploads\/\*$/,
      /^BUCKET\/renditions\/\*(\/label\.jpg)?$/,
      /^BUCKET\/aws\/lambda\/\*$/,
    ];
    expect(wild.filter((resource) => !known.some((pattern) => pattern.test(resource)))).toEqual([]);
    expect(wild.length).toBeGreaterThan(10);
  });

  it("can be assumed by one service each, for this account only", async () => {
    for (const { name, inputs } of await servicesRoles(stack)) {
      const { Statement } = JSON.parse(inputs.assumeRolePolicy) as { Statement: object[] };
      expect({ name, trust: Statement }).toMatchObject({
        name,
        trust: [
          {
            Effect: "Allow",
            Principal: {
              Service: expect.stringMatching(/^(lambda|appsync|scheduler)\.amazonaws\.com$/) as unknown,
            },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } },
          },
        ],
      });
    }
  });

  it("name the API or the schedules that they serve, and for functions only conditions that pollers meet", async () => {
    for (const { name, inputs } of await servicesRoles(stack)) {
      const { Statement } = JSON.parse(inputs.assumeRolePolicy) as { Statement: Trust[] };
      const [{ Principal, Condition } = none] = Statement;
      const source = {
        "lambda.amazonaws.com": undefined,
        "appsync.amazonaws.com": {
          "aws:SourceArn": expect.stringMatching(/^arn:aws:appsync:[^*]+:apis\//) as unknown,
        },
        "scheduler.amazonaws.com": {
          "aws:SourceArn": expect.stringMatching(/:schedule-group\/default$/) as unknown,
        },
      }[Principal.Service];
      expect({ name, source: Condition.ArnLike }).toEqual({ name, source });
    }
  });

  it.each(people)("let people assume %s if this account allows it", async (name) => {
    const role = ofType(await graphOf(stack), "aws:iam/role:Role").find((one) => one.name === name);
    expect((JSON.parse(role?.inputs.assumeRolePolicy ?? "{}") as { Statement: object[] }).Statement).toEqual([
      { Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000000:root" }, Action: "sts:AssumeRole" },
    ]);
  });

  it("reach one field of the API each", async () => {
    const graph = await graphOf(stack);
    const fields = ["relay", "operator"].map((role) =>
      statementsOf(graph, role)
        .filter(({ Action }) => Action.includes("appsync:GraphQL"))
        .map(({ Resource }) => String(Resource).split("/").slice(2).join("/")),
    );
    expect(fields).toEqual([
      ["types/Mutation/fields/publishAssetEvent"],
      ["types/Mutation/fields/endAdminSubscriptions"],
    ]);
  });

  it("serve one function or data source each", async () => {
    const graph = await graphOf(stack);
    const users = [
      ...ofType(graph, "aws:lambda/function:Function").map(({ inputs }) => inputs.role),
      ...ofType(graph, "aws:appsync/dataSource:DataSource").flatMap(
        ({ inputs }) => inputs.serviceRoleArn ?? [],
      ),
    ];
    expect(new Set(users).size).toBe(users.length);
  });
});

const servicesRoles = async (stack: string) =>
  ofType(await graphOf(stack), "aws:iam/role:Role").filter(({ name }) => !people.includes(name));

interface Trust {
  readonly Principal: { readonly Service: string };
  readonly Condition: { readonly ArnLike?: object };
}

const none: Trust = { Principal: { Service: "" }, Condition: {} };

function statementsOf(graph: Graph, role: string): Statement[] {
  const policies = ofType(graph, "aws:iam/rolePolicy:RolePolicy").filter(({ name }) => name === role);
  return policies.flatMap(
    ({ inputs }) => (JSON.parse(inputs.policy) as { Statement: Statement[] }).Statement,
  );
}
