import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Names that must be known before the resource is made, because a policy mentions them. */
export const physicalName = (name: string): string => `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;

/** Where CloudWatch keeps what the stack's functions count. */
export const metricsNamespace = (): string => `Darkroom/${pulumi.getStack()}`;

/** Where the stack lives: account and region, asked for once. */
export const here = {
  accountId: aws.getCallerIdentityOutput().accountId,
  region: aws.getRegionOutput().region,
};
