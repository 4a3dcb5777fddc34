import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "./naming.ts";
import type { Firewall as Limits } from "./settings.ts";

type Rule = aws.types.input.wafv2.WebAclRule;

/**
 * Bounds the requests to the API and to the user pool before they cost anything: by address, by token, by size, and
 * sign-ups of all together.
 */
export class Firewall extends pulumi.ComponentResource {
  constructor(
    name: string,
    { limits, apiArn, userPoolArn }: FirewallArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:Firewall", name, {}, opts);
    const acl = new aws.wafv2.WebAcl(
      name,
      {
        name: physicalName(name),
        scope: "REGIONAL",
        defaultAction: { allow: {} },
        visibilityConfig: visible(name),
        rules: rulesOf(limits),
      },
      { parent: this },
    );
    const associate = (of: string, resourceArn: pulumi.Input<string>) =>
      new aws.wafv2.WebAclAssociation(of, { resourceArn, webAclArn: acl.arn }, { parent: this });
    associate(name, apiArn);
    associate(`${name}-users`, userPoolArn);
    this.registerOutputs({});
  }
}

interface FirewallArgs {
  readonly limits: Limits;
  readonly apiArn: pulumi.Input<string>;
  readonly userPoolArn: pulumi.Input<string>;
}

const rulesOf = (limits: Limits): Rule[] => [
  rule("size", 0, tooLarge),
  rateRule("token", 1, {
    aggregateKeyType: "CUSTOM_KEYS",
    limit: limits.maxRequestsOfToken,
    customKeys: [{ header: { name: "authorization", textTransformations: unchanged } }],
  }),
  rateRule("address", 2, {
    aggregateKeyType: "IP",
    limit: limits.maxRequestsOfAddress,
    scopeDownStatement: ofPeople,
  }),
  rateRule("sign-ups-of-address", 3, {
    aggregateKeyType: "IP",
    limit: limits.maxSignUpsOfAddress,
    scopeDownStatement: ofSignUp,
  }),
  // It does not see what the rule before it blocks, so one address alone cannot keep all others out.
  rateRule("sign-ups", 4, {
    aggregateKeyType: "CONSTANT",
    limit: limits.maxSignUps,
    scopeDownStatement: ofSignUp,
  }),
];

/** Seconds. */
const window = 300;

const unchanged = [{ priority: 0, type: "NONE" }];

/**
 * WAF sees the first 8 KB of a body only, and our longest request has more. So it looks at the length that the client
 * announces: 100,000 bytes and more have six digits.
 */
const tooLarge: Rule["statement"] = {
  regexMatchStatement: {
    regexString: "^[0-9]{6,}$",
    fieldToMatch: { singleHeader: { name: "content-length" } },
    textTransformations: unchanged,
  },
};

/**
 * Not what is signed by IAM: the relay publishes events of all users from few addresses. AppSync refuses what only looks
 * signed before it runs anything.
 */
const ofPeople = {
  notStatement: {
    statement: {
      byteMatchStatement: {
        fieldToMatch: { singleHeader: { name: "authorization" } },
        positionalConstraint: "STARTS_WITH",
        searchString: "AWS4-HMAC-SHA256",
        textTransformations: unchanged,
      },
    },
  },
};

/**
 * By the operation that Cognito names to WAF, and by what the client asks for, which Cognito runs.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html#totp-waf
 */
const ofSignUp = {
  orStatement: {
    statements: ["x-amzn-cognito-operation-name", "x-amz-target"].map((name) => ({
      regexMatchStatement: {
        regexString: "(^|\\.)SignUp$",
        fieldToMatch: { singleHeader: { name } },
        textTransformations: unchanged,
      },
    })),
  },
};

type Rate = aws.types.input.wafv2.WebAclRuleStatementRateBasedStatement;

const rateRule = (name: string, priority: number, rate: Rate): Rule =>
  rule(name, priority, { rateBasedStatement: { ...rate, evaluationWindowSec: window } });

const rule = (name: string, priority: number, statement: Rule["statement"]): Rule => ({
  name,
  priority,
  statement,
  action: { block: {} },
  visibilityConfig: visible(name),
});

const visible = (name: string) => ({
  metricName: name,
  cloudwatchMetricsEnabled: true,
  // They would contain tokens.
  sampledRequestsEnabled: false,
});
