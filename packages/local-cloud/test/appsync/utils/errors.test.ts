import { describe, expect, it } from "@jest/globals";
import { extensions, runtime, util } from "@aws-appsync/utils";

import { currentEvaluation, evaluate, newEvaluation } from "../../../src/appsync/utils/evaluation.ts";
import { EarlyReturn, ResolverError } from "../../../src/appsync/utils/signals.ts";

const IAM = { accountId: "1", userArn: "arn", username: "A", sourceIp: ["1.2.3.4"], cognitoIdentityId: null };
const USER_POOL = {
  sub: "s",
  issuer: "i",
  username: "alice",
  claims: {},
  sourceIp: ["1.2.3.4"],
  defaultAuthStrategy: "ALLOW",
  groups: null,
};
const OIDC = { sub: "s", issuer: "i", claims: {} };

describe("util.authType", () => {
  it.each([
    ["API Key Authorization", null],
    ["API Key Authorization", undefined],
    ["Lambda Authorization", {}],
    ["Lambda Authorization", { resolverContext: { a: 1 } }],
    ["IAM Authorization", IAM],
    ["User Pool Authorization", USER_POOL],
    ["Open ID Connect Authorization", OIDC],
    ["API Key Authorization", { ...IAM, userArn: null }],
    ["API Key Authorization", { ...IAM, sourceIp: null }],
    ["API Key Authorization", { ...USER_POOL, defaultAuthStrategy: undefined }],
    ["API Key Authorization", { claims: {} }],
    ["API Key Authorization", { ...OIDC, username: "alice" }],
  ])("is %s for %j", (expected, identity) => {
    expect(evaluate(newEvaluation(identity), () => util.authType())).toBe(expected);
  });
});

describe("a unit test that imports a resolver", () => {
  it("sees what ends the evaluation as errors with AppSync's fields", () => {
    expect(() => util.error("m", "T", { a: 1 })).toThrow(ResolverError);
    expect(() => util.error("m", "T", { a: 1 })).toThrow(
      expect.objectContaining({ message: "m", errorType: "T", data: { a: 1 }, errorInfo: null }),
    );
    expect(() => util.unauthorized()).toThrow(expect.objectContaining({ unauthorized: true }));
    expect(() => runtime.earlyReturn(1, { skipTo: "END" })).toThrow(EarlyReturn);
  });

  it("finds appended errors and effects in the evaluation that it installs", () => {
    const evaluation = newEvaluation();
    evaluate(evaluation, () => {
      util.appendError("a");
      extensions.setSubscriptionFilter({ filterGroup: [] });
    });
    expect(evaluation.appended).toEqual([{ message: "a", errorType: null, data: null, errorInfo: null }]);
    expect(evaluation.effects.subscriptionFilter).toEqual({ filterGroup: [] });
    expect(currentEvaluation().appended).toEqual([]);
  });

  it("restores the previous evaluation, even after an error", () => {
    const before = currentEvaluation();
    expect(() => evaluate(newEvaluation(), () => util.error("x"))).toThrow("x");
    expect(currentEvaluation()).toBe(before);
  });
});
