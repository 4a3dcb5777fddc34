import { describe, expect, it } from "@jest/globals";
import { create, invoke } from "../../src/engine/provider/index.ts";

function make(type: string, inputs: Readonly<Record<string, unknown>> = {}, name = "it") {
  const urn = `urn:pulumi:dev::p::${type}::${name}`;
  return create({
    urn,
    type,
    name,
    inputs,
    region: "eu-west-1",
    defaultTags: {},
    endpoints: undefined,
    preview: false,
  });
}

describe("the AWS provider", () => {
  it.each([
    ["aws:iam/role:Role", "r".repeat(57), {}, /has 65 characters; AWS takes 64/],
    ["aws:iam/role:Role", "r", { name: "n".repeat(65) }, /has 65 characters; AWS takes 64/],
    ["aws:lambda/function:Function", "Query.getAsset", {}, /does not match/],
    ["aws:s3/bucket:Bucket", "Uploads", {}, /does not match/],
    ["aws:appsync/function:Function", "fn", { name: "with-hyphen" }, /does not match/],
    ["aws:kms/alias:Alias", "a", { name: "no-prefix" }, /does not match/],
  ])("refuses a name that AWS would: %s", (type, name, inputs, message) => {
    expect(() => make(type, inputs, name)).toThrow(
      expect.objectContaining({ code: "NameInvalid", message: expect.stringMatching(message) }),
    );
  });

  it.each(["DataSource", "Function"])("gives an AppSync %s a valid name", (kind) => {
    const type = `aws:appsync/${kind.toLowerCase().replace("datasource", "dataSource")}:${kind}`;
    expect(make(type, { apiId: "a" }, "users").outputs["name"]).toMatch(/^users_[0-9a-f]{7}$/);
    expect(() => make(type, { apiId: "a" }, "my-users")).toThrow(/"my-users_[0-9a-f]{7}" does not match/);
  });

  it("makes names that differ by URN, and ids in AWS's form", () => {
    const [one, two] = [
      make("aws:cognito/userPool:UserPool"),
      make("aws:cognito/userPool:UserPool", {}, "two"),
    ];
    expect(one.id).toMatch(/^eu-west-1_[0-9a-f]{9}$/);
    expect(one.id).not.toBe(two.id);
    expect(make("aws:lambda/eventSourceMapping:EventSourceMapping", { functionName: "f" }).id).toMatch(
      /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/,
    );
  });

  it("identifies an API's cache by its API", () => {
    const inputs = { apiId: "api1", apiCachingBehavior: "PER_RESOLVER_CACHING", ttl: 60, type: "SMALL" };
    expect(make("aws:appsync/apiCache:ApiCache", inputs)).toMatchObject({ id: "api1", outputs: inputs });
  });

  it("gives a role with a path AWS's ARN", () => {
    expect(make("aws:iam/role:Role", { name: "r", path: "/app/" }).outputs["arn"]).toBe(
      "arn:aws:iam::000000000000:role/app/r",
    );
  });
});

describe("aws.iam.getPolicyDocument", () => {
  const document = (args: Readonly<Record<string, unknown>>) =>
    JSON.parse(
      String(invoke("aws:iam/getPolicyDocument:getPolicyDocument", args, "eu-west-1")["json"]),
    ) as unknown;

  it("groups principals and conditions", () => {
    const principals = [
      { type: "AWS", identifiers: ["a", "b"] },
      { type: "Service", identifiers: ["s3.amazonaws.com"] },
    ];
    const conditions = [
      { test: "StringEquals", variable: "aws:SourceAccount", values: ["1"] },
      { test: "StringEquals", variable: "aws:username", values: ["&{aws:username}"] },
      { test: "Bool", variable: "aws:SecureTransport", values: ["true", "false"] },
    ];
    expect(
      document({ statements: [{ effect: "Deny", notActions: ["s3:*"], principals, conditions }] }),
    ).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          NotAction: "s3:*",
          Principal: { AWS: ["a", "b"], Service: "s3.amazonaws.com" },
          Condition: {
            StringEquals: { "aws:SourceAccount": "1", "aws:username": "${aws:username}" },
            Bool: { "aws:SecureTransport": ["true", "false"] },
          },
        },
      ],
    });
  });

  it("lets later documents replace statements of the same Sid", () => {
    const source = JSON.stringify({ Statement: [{ Sid: "A", Action: "old" }, { Action: "kept" }] });
    const overriding = JSON.stringify({ Statement: { Sid: "B", Action: "last" } });
    const statements = [
      { sid: "A", actions: ["new"] },
      { sid: "B", actions: ["mine"] },
    ];
    expect(
      document({ statements, sourcePolicyDocuments: [source], overridePolicyDocuments: [overriding] }),
    ).toMatchObject({
      Statement: [{ Action: "kept" }, { Sid: "A", Action: "new" }, { Sid: "B", Action: "last" }],
    });
  });
});

it("answers account, region and partition", () => {
  expect(invoke("aws:index/getCallerIdentity:getCallerIdentity", {}, "eu-west-1")).toMatchObject({
    accountId: "000000000000",
  });
  expect(invoke("aws:index/getRegion:getRegion", {}, "eu-west-1")).toMatchObject({ region: "eu-west-1" });
  expect(invoke("aws:index/getPartition:getPartition", {}, "eu-west-1")).toMatchObject({ partition: "aws" });
});
