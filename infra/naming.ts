import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A name that must be known before the resource is created, because a policy contains it. */
export const physicalName = (name: string): string => `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;

/** The CloudWatch namespace of the functions' metrics. */
export const metricsNamespace = (): string => `Darkroom/${pulumi.getStack()}`;

/** The account and the region of the stack, looked up once. */
export const here = {
  accountId: aws.getCallerIdentityOutput().accountId,
  region: aws.getRegionOutput().region,
};
