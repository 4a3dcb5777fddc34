import { describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { policiesFor, type Policy } from "../../deployer/policies.ts";
import { type Permissions, permissions } from "../../deployer/permissions.ts";
import { evaluate as decide } from "../../packages/local-cloud/src/aws/iam/evaluate.ts";
import { parsePolicy } from "../../packages/local-cloud/src/aws/iam/policy.ts";
import { ofType, type Resource } from "../../packages/local-cloud/src/base/graph.ts";
import { evaluate } from "../../packages/local-cloud/src/engine/evaluate.ts";
import { graphOf, root } from "../support/program.ts";

const deployer = join(root, "deployer");
const account = "000000000000";
const repository = "acme/darkroom";
const program = (config: Record<string, string> = {}) =>
  evaluate({ root: deployer, stack: "ci", config: { repository, ...config } });
let evaluation: ReturnType<typeof program> | undefined;

/** What a role of the deployer may do. */
async function rulesOf(role: string) {
  const graph = await (evaluation ??= program());
  const documents = ofType(graph, "aws:iam/policy:Policy").filter(({ name }) => name.startsWith(`${role}-`));
  expect(documents).toHaveLength(5);
  const identity = documents.flatMap((one) => parsePolicy(one.inputs.policy, "identity", one));
  const caller = { kind: "role", accountId: account, roleArn: "", sessionArn: "" } as const;
  return (action: string, resource: string, context = {}) =>
    decide({ caller, action, resource, context }, { identity, resource: [] }) === "allowed";
}

/** The ARN that AWS checks for a part of another resource, which has none of its own. */
const arnsOfParts: readonly [RegExp, (given: Record<string, string>) => string][] = [
  [/^aws:s3\/bucket(?!Objectv2|:)/, ({ bucket }) => `arn:aws:s3:::${bucket}`],
  [
    /^aws:cognito\/userPool./,
    (given) => `arn:aws:cognito-idp:eu-west-1:${account}:userpool/${given["userPoolId"]}`,
  ],
  [
    /^aws:cognito\/userGroup/,
    (given) => `arn:aws:cognito-idp:eu-west-1:${account}:userpool/${given["userPoolId"]}`,
  ],
  [/^aws:iam\/rolePolicy:/, ({ role }) => `arn:aws:iam::${account}:role/${role}`],
  [
    /^aws:sqs\/queuePolicy/,
    (given) => `arn:aws:sqs:eu-west-1:${account}:${given["queueUrl"]?.split("/").at(-1)}`,
  ],
  [/^aws:cloudwatch\/contributorInsightRule/, (given) => given["resourceArn"] ?? ""],
  [
    /^aws:cloudwatch\/logMetricFilter/,
    (given) => `arn:aws:logs:eu-west-1:${account}:log-group:${given["logGroupName"]}`,
  ],
  [/^aws:wafv2\/webAclAssociation/, (given) => given["webAclArn"] ?? ""],
  [/^aws:cloudwatch\/dashboard/, (given) => given["dashboardArn"] ?? ""],
];

function arnOf({ type, outputs, inputs }: Resource): string {
  const given = { ...inputs, ...outputs } as Record<string, string>;
  const part = given["arn"] === undefined ? arnsOfParts.find(([pattern]) => pattern.test(type)) : undefined;
  return given["arn"] ?? part?.[1](given) ?? `arn of ${type}`;
}

const tags = { "aws:resourcetag/project": "darkroom", "aws:requesttag/project": "darkroom" };

const callsOf = ({ service, reads, writes, anywhere }: Permissions) => ({
  reads: [...reads, ...(anywhere?.reads ?? [])].map((action) => `${service}:${action}`),
  writes: [...writes, ...(anywhere?.writes ?? [])].map((action) => `${service}:${action}`),
});

describe.each(["dev", "prod"])("the deployer of stack %s", (stack) => {
  const custom = async () => (await graphOf(stack)).resources.filter(({ type }) => type.startsWith("aws:"));

  it("has a line for each type that the program declares", async () => {
    const declared = new Set((await custom()).map(({ type }) => type));
    expect([...declared].filter((type) => !(type in permissions))).toEqual([]);
  });

  it("may make each call of a deployment on each resource", async () => {
    const allows = await rulesOf(`darkroom-deploy-${stack}`);
    const refused = (await custom()).flatMap((resource) => {
      const { reads, writes } = callsOf(permissions[resource.type] as Permissions);
      return [...reads, ...writes]
        .filter((action) => !allows(action, arnOf(resource), tags))
        .map((action) => `${action} on ${arnOf(resource)}`);
    });
    expect(refused).toEqual([]);
  });

  it("may give each role of the program to its service", async () => {
    const allows = await rulesOf(`darkroom-deploy-${stack}`);
    for (const { outputs, inputs } of ofType(await graphOf(stack), "aws:iam/role:Role")) {
      const service = /"Service":"([^"]+)"/.exec(inputs.assumeRolePolicy)?.[1];
      if (service !== undefined) {
        expect({ service, passes: allows("iam:PassRole", outputs.arn, passedTo(service)) }).toEqual({
          service,
          passes: true,
        });
      }
    }
  });

  it("reads with the role of previews, and changes nothing", async () => {
    const allows = await rulesOf("darkroom-preview");
    for (const resource of await custom()) {
      const { reads, writes } = callsOf(permissions[resource.type] as Permissions);
      const may = [...reads, ...writes].filter((action) => allows(action, arnOf(resource), tags));
      expect({ type: resource.type, may }).toEqual({ type: resource.type, may: reads });
    }
  });

  it("has the tag by which it may change what has no name", async () => {
    const named = (await custom()).filter(({ type }) => permissions[type]?.tagged);
    expect(named.length).toBeGreaterThan(1);
    const [pool] = ofType(await graphOf(stack), "aws:cognito/userPool:UserPool");
    expect((pool?.outputs as { tagsAll?: object }).tagsAll).toMatchObject({ project: "darkroom", stack });
  });
});

const passedTo = (service: string) => ({ "iam:passedtoservice": service });

describe("a stolen role of the deployer", () => {
  const uploads = "arn:aws:s3:::uploads-1234567/uploads/alice/1";
  const table = `arn:aws:dynamodb:eu-west-1:${account}:table/tables-assets-1234567`;
  const attacks: [action: string, resource: string, context?: object][] = [
    ["s3:GetObject", uploads],
    ["s3:DeleteObject", uploads],
    ["dynamodb:GetItem", table],
    ["dynamodb:Scan", table],
    ["appsync:GraphQL", `arn:aws:appsync:eu-west-1:${account}:apis/a/types/Mutation/fields/createAsset`],
    ["lambda:InvokeFunction", `arn:aws:lambda:eu-west-1:${account}:function:darkroom-dev-relay`],
    ["lambda:UpdateFunctionCode", `arn:aws:lambda:eu-west-1:${account}:function:darkroom-prod-relay`],
    ["lambda:UpdateFunctionCode", `arn:aws:lambda:eu-west-1:${account}:function:other`],
    ["iam:PutRolePolicy", `arn:aws:iam::${account}:role/Administrator`],
    ["iam:UpdateAssumeRolePolicy", `arn:aws:iam::${account}:role/darkroom-deploy-prod`],
    ["iam:AttachRolePolicy", `arn:aws:iam::${account}:role/relay-1234567`],
    ["iam:PassRole", `arn:aws:iam::${account}:role/relay-1234567`, passedTo("ec2.amazonaws.com")],
    ["iam:CreateUser", `arn:aws:iam::${account}:user/mallory`],
    ["cognito-idp:DeleteUserPool", `arn:aws:cognito-idp:eu-west-1:${account}:userpool/eu-west-1_other`],
    ["cognito-idp:AdminSetUserPassword", `arn:aws:cognito-idp:eu-west-1:${account}:userpool/x`, tags],
    ["kms:ScheduleKeyDeletion", `arn:aws:kms:eu-west-1:${account}:key/other`],
    ["sts:AssumeRole", `arn:aws:iam::${account}:role/restore-1234567`],
  ];

  it.each(attacks)("may not call %s on %s", async (action, resource, context = {}) => {
    const allows = await rulesOf("darkroom-deploy-dev");
    expect(allows(action, resource, context)).toBe(false);
  });

  it("cannot destroy the key of the state, even with the program's tag", async () => {
    const key = ofKey(await program());
    const allows = await rulesOf("darkroom-deploy-dev");
    expect(["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"].map((call) => allows(call, key, tags))).toEqual([
      false,
      false,
    ]);
  });

  const ofKey = (graph: { resources: readonly Resource[] }) =>
    graph.resources.find(({ type }) => type === "aws:kms/key:Key")?.outputs.arn ?? "";
});

describe("the deployer's program", () => {
  it("trusts tokens of the repository only: a stack's environment on the branch, and pull requests to read", async () => {
    const roles = ofType(await program(), "aws:iam/role:Role");
    const conditions = roles.map(({ name, inputs }) => [
      name,
      (JSON.parse(inputs.assumeRolePolicy) as { Statement: [{ Condition: object }] }).Statement[0].Condition,
    ]);
    const issuer = "token.actions.githubusercontent.com";
    const trusted = (sub: string[], more = {}) => ({
      StringEquals: { [`${issuer}:aud`]: "sts.amazonaws.com", [`${issuer}:sub`]: sub, ...more },
    });
    const onMain = { [`${issuer}:ref`]: ["refs/heads/main"] };
    expect(conditions).toEqual([
      [
        "darkroom-preview",
        trusted([`repo:${repository}:pull_request`, `repo:${repository}:ref:refs/heads/main`]),
      ],
      ["darkroom-deploy-dev", trusted([`repo:${repository}:environment:dev`], onMain)],
      ["darkroom-deploy-prod", trusted([`repo:${repository}:environment:prod`], onMain)],
    ]);
  });

  it.each([
    [{ repository: "acme/*" }, /repository: must be OWNER\/REPOSITORY, not "acme\/\*"/],
    [{ repository: "OWNER/REPOSITORY" }, /repository: must be/],
    [{ branch: "release-*" }, /branch: must be the name of a branch/],
    [{ stacks: "dev" }, /stacks: must be a list of names/],
    [{ stacks: "[]" }, /stacks: must be a list of names/],
  ])("refuses %j", async (config, message) => {
    await expect(program(config)).rejects.toThrow(message);
  });

  it("accepts the immutable names of a repository", async () => {
    const graph = await program({ repository: "acme@12/darkroom@34" });
    expect(ofType(graph, "aws:iam/role:Role")[0]?.inputs.assumeRolePolicy).toContain(
      "repo:acme@12/darkroom@34:pull_request",
    );
  });

  it("writes policies within AWS's limits, with long names too", () => {
    const all = policiesFor({
      ...{ account, region: "ap-southeast-2", writes: true, stacks: ["production-europe"] },
      bucketArn: "arn:aws:s3:::darkroom-state-1234567",
      keyArn: `arn:aws:kms:ap-southeast-2:${account}:key/0123-4567`,
    });
    const sizes = Object.entries(all).map(([part, policy]: [string, Policy]) => [
      part,
      JSON.stringify(policy).length < 6144,
    ]);
    expect(sizes.filter(([, fits]) => !fits)).toEqual([]);
  });
});
