import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A queue whose tags come from another stack, and a secret of this one. */
const network = new pulumi.StackReference("acme/network/dev");
const token = new pulumi.Config().requireSecret("token");
const queue = new aws.sqs.Queue("work", {
  tags: { vpc: network.requireOutput("vpcId").apply(String) },
});
export const queueUrl = queue.url;
export const vpcId = network.requireOutput("vpcId");
export const subnets = network.getOutput("subnets");
export const tokenLength = token.apply((text) => text.length);
