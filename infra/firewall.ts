import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "./naming.ts";
import type { Firewall as Limits } from "./settings.ts";

type Rule = aws.types.input.wafv2.WebAclRule;

/** Bounds the requests to the API before they cost anything: by address, by token, and by size. */
export class Firewall extends pulumi.ComponentResource {
  constructor(
    name: string,
    { limits, apiArn }: { readonly limits: Limits; readonly apiArn: pulumi.Input<string> },
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
        rules: [
          rule("size", 0, tooLarge),
          rule("token", 1, {
            rateBasedStatement: {
              aggregateKeyType: "CUSTOM_KEYS",
              evaluationWindowSec: window,
              limit: limits.maxRequestsOfToken,
              customKeys: [
                { header: { name: "authorization", textTransformations: [{ priority: 0, type: "NONE" }] } },
              ],
            },
          }),
          rule("address", 2, {
            rateBasedStatement: {
              aggregateKeyType: "IP",
              evaluationWindowSec: window,
              limit: limits.maxRequestsOfAddress,
              scopeDownStatement: ofPeople,
            },
          }),
        ],
      },
      { parent: this },
    );
    new aws.wafv2.WebAclAssociation(name, { resourceArn: apiArn, webAclArn: acl.arn }, { parent: this });
    this.registerOutputs({});
  }
}

/** Seconds. */
const window = 300;

/**
 * WAF sees the first 8 KB of a body only, and our longest request has more. So it looks at the length that the client
 * announces: 100,000 bytes and more have six digits.
 */
const tooLarge: Rule["statement"] = {
  regexMatchStatement: {
    regexString: "^[0-9]{6,}$",
    fieldToMatch: { singleHeader: { name: "content-length" } },
    textTransformations: [{ priority: 0, type: "NONE" }],
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
        textTransformations: [{ priority: 0, type: "NONE" }],
      },
    },
  },
};

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
