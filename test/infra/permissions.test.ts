import { describe, expect, it } from "@jest/globals";
import { type Graph, ofType } from "../../local/graph.ts";
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
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
  ],
  "audit-schedule": ["sqs:SendMessage"],
  ingest: [
    "dynamodb:BatchGetItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListBucket",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
  ],
  label: [
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
  presign: [
    "dynamodb:BatchGetItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:PutObject",
  ],
  relay: [
    "appsync:GraphQL",
    "dynamodb:DescribeStream",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "dynamodb:PutItem",
    "dynamodb:PutItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
  ],
  "source-assets": [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
  ],
  "source-callbacks": ["dynamodb:Query"],
  "source-clientTokens": ["dynamodb:GetItem"],
  "source-events": ["dynamodb:Query"],
  "source-presign": ["lambda:InvokeFunction"],
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

/** Actions that know no resources. */
const withoutResource = ["dynamodb:ListStreams", "rekognition:DetectLabels"];

describe.each(["dev", "prod"])("the roles of stack %s", (stack) => {
  it("are these", async () => {
    const graph = await graphOf(stack);
    const roles = ofType(graph, "aws:iam/role:Role").map(({ name }) => name);
    expect(roles.sort()).toEqual(Object.keys(permissions).sort());
  });

  it.each(Object.entries(permissions))("%s may do no more and no less", async (role, actions) => {
    const granted = statementsOf(await graphOf(stack), role).flatMap(({ Action }) => Action);
    expect({ role, actions: granted.sort() }).toEqual({ role, actions });
  });

  it("name each action and each resource", async () => {
    const graph = await graphOf(stack);
    for (const role of Object.keys(permissions)) {
      for (const { Action, Resource } of statementsOf(graph, role)) {
        expect(Action.filter((action) => action.includes("*"))).toEqual([]);
        expect(Action.every((action) => withoutResource.includes(action)) ? "*" : Resource).toEqual(Resource);
      }
    }
  });

  it("are taken by one service each, for this account alone", async () => {
    for (const { name, inputs } of ofType(await graphOf(stack), "aws:iam/role:Role")) {
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

  it("name the API or the schedules that they serve, and for functions nothing that a poller may not send", async () => {
    for (const { name, inputs } of ofType(await graphOf(stack), "aws:iam/role:Role")) {
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
