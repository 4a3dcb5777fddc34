import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Access, createIam } from "../../../src/aws/iam/index.ts";
import type { Resource } from "../../../src/base/graph.ts";
import {
  accountId,
  allow,
  graphOf,
  policy,
  queue,
  resource,
  role,
  roleArn,
  temporaryStorage,
} from "../graph.ts";

const sessionArn = `arn:aws:sts::${accountId}:assumed-role/worker/local`;
const worker = { kind: "role", roleArn: roleArn("worker"), sessionArn } as const;
const s3 = { kind: "service", service: "s3.amazonaws.com" } as const;
const table = `arn:aws:dynamodb:eu-west-1:${accountId}:table/assets`;

const iamOf = (...resources: readonly Resource[]) => createIam(graphOf(...resources), temporaryStorage());

function allows(resources: readonly Resource[], access: Partial<Access>): boolean {
  const iam = iamOf(...resources);
  try {
    iam.authorize({ principal: worker, action: "dynamodb:GetItem", resource: table, ...access });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "AccessDenied", status: 403 });
    return false;
  }
}

describe("authorize", () => {
  it("allows what a policy allows", () => {
    expect(allows(role("worker", allow("dynamodb:GetItem", table)), {})).toBe(true);
  });

  it("denies by AWS's words, naming who, what and where", () => {
    const iam = iamOf(...role("worker", allow("dynamodb:PutItem", table)));
    expect(() => iam.authorize({ principal: worker, action: "dynamodb:GetItem", resource: table })).toThrow(
      `User: ${sessionArn} is not authorized to perform: dynamodb:GetItem on resource: ${table} because no identity-based policy allows the dynamodb:GetItem action`,
    );
  });

  it("lets an explicit deny win", () => {
    const statements = [allow("*", "*"), { Effect: "Deny", Action: "dynamodb:Get*", Resource: "*" }];
    const iam = iamOf(...role("worker", ...statements));
    expect(() => iam.authorize({ principal: worker, action: "dynamodb:GetItem", resource: table })).toThrow(
      "with an explicit deny in an identity-based policy",
    );
  });

  it("knows the region of a request, by the resource or, for a bucket, by the program", () => {
    const guard = (region: string) => ({
      ...{ Effect: "Deny", Action: "*", Resource: "*" },
      Condition: { StringNotEquals: { "aws:RequestedRegion": [region] } },
    });
    const guarded = (region: string, access: Partial<Access>) => {
      const graph = { ...graphOf(...role("worker", allow("*", "*"), guard(region))), region: "eu-west-1" };
      const iam = createIam(graph, temporaryStorage());
      const asked = { principal: worker, action: "s3:GetObject", resource: "arn:aws:s3:::b/k", ...access };
      return () => iam.authorize(asked);
    };
    expect(guarded("eu-west-1", {})).not.toThrow();
    expect(guarded("eu-west-1", { action: "dynamodb:GetItem", resource: table })).not.toThrow();
    const elsewhere = table.replace("eu-west-1", "us-east-1");
    for (const denied of [guarded("us-east-1", {}), guarded("eu-west-1", { resource: elsewhere })]) {
      expect(denied).toThrow("with an explicit deny");
    }
  });

  it("knows the tags of a role, by their names in any case, in conditions and in resources", () => {
    const of = (tags: Record<string, string>, statement: object) => {
      const [first, ...others] = role("worker", statement);
      const tagged = { ...first, outputs: { ...first?.outputs, tagsAll: tags } } as Resource;
      return allows([tagged, ...others], {});
    };
    const condition = { Condition: { StringEquals: { "aws:PrincipalTag/Team": "red" } } };
    const byCondition = allow("dynamodb:GetItem", "*", condition);
    expect([
      of({ team: "red" }, byCondition),
      of({ team: "blue" }, byCondition),
      of({}, byCondition),
    ]).toEqual([true, false, false]);
    const byResource = allow("dynamodb:GetItem", table.replace("assets", "${aws:PrincipalTag/kind}"));
    expect([of({ kind: "assets" }, byResource), of({ kind: "users" }, byResource)]).toEqual([true, false]);
  });

  it("knows actions whatever their case, resources by theirs", () => {
    expect(allows(role("worker", allow("DynamoDB:getitem", table)), {})).toBe(true);
    expect(allows(role("worker", allow("dynamodb:GetItem", table.replace("assets", "Assets"))), {})).toBe(
      false,
    );
  });

  it("takes NotAction and NotResource for all but those named", () => {
    const notAction = { Effect: "Allow", NotAction: "dynamodb:Delete*", Resource: "*" };
    expect(allows(role("worker", notAction), {})).toBe(true);
    expect(allows(role("worker", notAction), { action: "dynamodb:DeleteItem" })).toBe(false);
    const notResource = { Effect: "Allow", Action: "dynamodb:*", NotResource: `${table}/*` };
    expect(allows(role("worker", notResource), {})).toBe(true);
    expect(allows(role("worker", notResource), { resource: `${table}/index/state` })).toBe(false);
  });

  it("supplies the global condition keys", () => {
    const condition = {
      Bool: { "aws:SecureTransport": "true" },
      ArnEquals: { "aws:PrincipalArn": roleArn("worker") },
      DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" },
      StringEquals: { "aws:ResourceAccount": accountId },
    };
    expect(allows(role("worker", allow("*", "*", { Condition: condition })), {})).toBe(true);
  });

  it("fills in variables of version 2012-10-17, and leaves older policies as they are", () => {
    const statement = allow(
      "dynamodb:GetItem",
      "arn:aws:dynamodb:eu-west-1:${aws:PrincipalAccount}:table/assets",
    );
    expect(allows(role("worker", statement), {})).toBe(true);
    const old = JSON.stringify({ Version: "2008-10-17", Statement: [statement] });
    const resources = [
      ...role("worker"),
      resource("aws:iam/rolePolicy:RolePolicy", "old", { role: "worker", policy: old }),
    ];
    expect(allows(resources, {})).toBe(false);
  });

  it("is enough that the resource's policy names the role; naming the account only delegates", () => {
    const resourcePolicy = (principal: unknown, effect = "Allow") =>
      policy({ Effect: effect, Principal: principal, Action: "*", Resource: "*" });
    const bare = role("worker");
    expect(allows(bare, { resourcePolicy: resourcePolicy({ AWS: roleArn("worker") }) })).toBe(true);
    expect(allows(bare, { resourcePolicy: resourcePolicy("*") })).toBe(true);
    expect(allows(bare, { resourcePolicy: resourcePolicy({ AWS: roleArn("other") }) })).toBe(false);
    expect(allows(bare, { resourcePolicy: resourcePolicy({ AWS: accountId }) })).toBe(false);
    const open = role("worker", allow("*", "*"));
    expect(
      allows(open, { resourcePolicy: resourcePolicy({ AWS: `arn:aws:iam::${accountId}:root` }, "Deny") }),
    ).toBe(false);
  });

  it("lets a service in only by the resource's policy and from the source it names", () => {
    const resourcePolicy = policy({
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: "*",
      Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:s3:::uploads" } },
    });
    const access = { principal: s3, action: "sqs:SendMessage", resourcePolicy };
    expect(allows([], { ...access, context: { "aws:sourcearn": "arn:aws:s3:::uploads" } })).toBe(true);
    expect(allows([], { ...access, context: { "aws:sourcearn": "arn:aws:s3:::other" } })).toBe(false);
    expect(allows([], { principal: s3, action: "sqs:SendMessage" })).toBe(false);
  });

  it("never allows what some statement denies, nor what none allows, whatever their order", () => {
    const names = ["GetItem", "PutItem", "Query", "*", "Get*", "?uery"];
    const statements = fc.array(fc.record({ deny: fc.boolean(), name: fc.constantFrom(...names) }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(statements, fc.constantFrom("GetItem", "PutItem", "Query"), (list, name) => {
        const fits = list.filter((one) =>
          new RegExp(`^${one.name.replace("*", ".*").replace("?", ".")}$`).test(name),
        );
        const expected = fits.length > 0 && !fits.some((one) => one.deny);
        const written = list.map((one) => ({
          ...allow(`dynamodb:${one.name}`, "*"),
          Effect: one.deny ? "Deny" : "Allow",
        }));
        expect(allows(role("worker", ...written), { action: `dynamodb:${name}` })).toBe(expected);
      }),
    );
  });
});

describe("boot", () => {
  const attach = (policyArn: string) =>
    resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attached", { role: "worker", policyArn });

  it.each([
    ["an operator", allow("*", "*", { Condition: { StringSimilar: { "aws:x": "1" } } }), "StringSimilar"],
    ["an element", { ...allow("*", "*"), Purpose: "x" }, "Purpose"],
    ["a principal", { ...allow("*", "*"), Principal: "*" }, "Principal"],
    ["an effect", { ...allow("*", "*"), Effect: "Maybe" }, "Maybe"],
    ["a resource", allow("*", "assets"), "assets"],
  ])("stops at %s that it does not know, naming the policy and it", (_, statement, name) => {
    expect(() => iamOf(...role("worker", statement))).toThrow(
      new RegExp(`^RolePolicy worker-policy: policy is not a policy that runs here: .*${name}`),
    );
  });

  it("stops at an unknown principal type of a queue's or a topic's policy", () => {
    const document = policy({ Effect: "Allow", Principal: { Robot: "r2" }, Action: "*", Resource: "*" });
    const attached = resource("aws:sqs/queuePolicy:QueuePolicy", "jobs-policy", {
      queueUrl: "u",
      policy: document,
    });
    const why = 'policy is not a policy that runs here: unknown principal type "Robot".';
    expect(() => iamOf(queue("jobs"), attached)).toThrow(`QueuePolicy jobs-policy: ${why}`);
    const topic = resource("aws:sns/topic:Topic", "news", { policy: document });
    expect(() => iamOf(topic)).toThrow(`Topic news: ${why}`);
  });

  it("knows AWS's managed policies by name, and the program's own", () => {
    const logs = { action: "logs:PutLogEvents", resource: `arn:aws:logs:eu-west-1:${accountId}:log-group:x` };
    const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    expect(allows([...role("worker"), attach(basic)], logs)).toBe(true);
    const arn = `arn:aws:iam::${accountId}:policy/own`;
    const own = resource("aws:iam/policy:Policy", "own", { policy: policy(allow("logs:*", "*")) }, { arn });
    expect(allows([...role("worker"), own, attach(arn)], logs)).toBe(true);
    expect(() => iamOf(...role("worker"), attach("arn:aws:iam::aws:policy/AmazonRDSFullAccess"))).toThrow(
      "arn:aws:iam::aws:policy/AmazonRDSFullAccess",
    );
  });

  it("refuses a role with a permissions boundary, which is not evaluated here", () => {
    const bounded = role("worker").map((one) =>
      one.type === "aws:iam/role:Role"
        ? { ...one, inputs: { ...one.inputs, permissionsBoundary: "arn:aws:iam::aws:policy/X" } }
        : one,
    );
    expect(() => iamOf(...bounded)).toThrow("Role worker: permissionsBoundary is not supported locally.");
  });

  it("refuses a policy of a role that is not declared", () => {
    expect(() => iamOf(attach("arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"))).toThrow(
      "RolePolicyAttachment attached: role is worker, which the program does not declare.",
    );
  });
});

describe("assume", () => {
  const trust = policy({
    Effect: "Allow",
    Principal: { Service: "appsync.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: {
      StringEquals: { "aws:SourceAccount": accountId },
      ArnLike: { "aws:SourceArn": `arn:aws:appsync:eu-west-1:${accountId}:apis/one*` },
    },
  });
  const iam = () =>
    iamOf(resource("aws:iam/role:Role", "source", { assumeRolePolicy: trust }, { arn: roleArn("source") }));
  const api = (id: string) => `arn:aws:appsync:eu-west-1:${accountId}:apis/${id}`;

  it("gives the trusted service a session", () => {
    expect(iam().assume(roleArn("source"), "appsync.amazonaws.com", api("one"))).toEqual({
      kind: "role",
      roleArn: roleArn("source"),
      sessionArn: `arn:aws:sts::${accountId}:assumed-role/source/APPSYNC_ASSUME_ROLE`,
    });
  });

  it("refuses another service, another source, and a role that is not there", () => {
    expect(() => iam().assume(roleArn("source"), "lambda.amazonaws.com", api("one"))).toThrow(
      "sts:AssumeRole",
    );
    expect(() => iam().assume(roleArn("source"), "appsync.amazonaws.com", api("two"))).toThrow(
      "sts:AssumeRole",
    );
    expect(() => iam().assume(roleArn("none"), "appsync.amazonaws.com", api("one"))).toThrow("not declared");
  });
});

describe("credentials", () => {
  it("survive a restart, and are readable by nobody else", () => {
    const storage = temporaryStorage();
    const graph = graphOf(...role("worker"), ...role("other"));
    const first = createIam(graph, storage).credentials(roleArn("worker"));
    const again = createIam(graph, storage);
    expect(again.credentials(roleArn("worker"))).toEqual(first);
    expect(again.credentials(roleArn("other"))).not.toEqual(first);
    expect(first.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(statSync(join(storage.folder, "credentials.json")).mode & 0o777).toBe(0o600);
  });

  it("lead back to their role, until it is gone from the program", () => {
    const storage = temporaryStorage();
    const iam = createIam(graphOf(...role("worker")), storage);
    const { accessKeyId } = iam.credentials(roleArn("worker"));
    expect(iam.identify(accessKeyId)?.principal).toEqual(worker);
    expect(iam.identify("ASIAUNKNOWN")).toBeUndefined();
    expect(createIam(graphOf(), storage).identify(accessKeyId)).toBeUndefined();
  });
});
