import { describe, expect, it } from "@jest/globals";
import { graphOf, policy, queue, role, roleArn } from "../graph.ts";
import { declared, lambdaFunction, openLambda } from "./support.ts";

describe("a declared function is refused by name", () => {
  it.each([
    ["runtime", { runtime: "nodejs18.x" }, /Function fn: runtime is nodejs18\.x/],
    ["handler", { handler: "" }, /Function fn: handler is missing/],
    ["environment", { environment: { variables: { AWS_REGION: "x" } } }, /reserved keys: AWS_REGION/],
    ["environment", { environment: { variables: { BIG: "x".repeat(4096) } } }, /environment exceeds 4 KB/],
    [
      "code",
      { code: { uri: "https://example.com/x.zip" } },
      /Function fn: code cannot be unpacked: .* not on this machine/,
    ],
    [
      "code",
      { code: { assets: { "../../out.mjs": { text: "" } } } },
      /Function fn: code cannot be unpacked: an entry leaves its archive/,
    ],
    [
      "deadLetterConfig",
      { deadLetterConfig: { targetArn: "arn:aws:sns:eu-west-1:000000000000:t" } },
      /Function fn: deadLetterConfig.targetArn names no declared queue/,
    ],
  ])("for its %s", (_, inputs, message) => {
    expect(() => openLambda(graphOf(...role("fn-role"), lambdaFunction("fn", "", inputs)))).toThrow(message);
  });

  it("for a role that Lambda may not assume", () => {
    const trust = policy({
      Effect: "Allow",
      Principal: { Service: "appsync.amazonaws.com" },
      Action: "sts:AssumeRole",
    });
    const other = declared(
      "aws:iam/role:Role",
      "fn-role",
      { assumeRolePolicy: trust },
      { arn: roleArn("fn-role") },
    );
    expect(() => openLambda(graphOf(other, lambdaFunction("fn", "")))).toThrow(
      /^Function fn: role is .* The role defined for the function cannot be assumed by Lambda/,
    );
  });

  it("for a dead-letter queue that its role may not send to", () => {
    const dead = queue("dead");
    const fn = lambdaFunction("fn", "", { deadLetterConfig: { targetArn: dead.outputs.arn } });
    expect(() => openLambda(graphOf(dead, ...role("fn-role"), fn))).toThrow(
      /Function fn: deadLetterConfig.targetArn .*does not have permissions to call SendMessage on SQS.*sqs:SendMessage/,
    );
  });
});
