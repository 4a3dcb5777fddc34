import { type EffectsOf, refused, notHere, within } from "./effect.ts";

const namePrefix = refused("is not supported locally: give name");

/** IAM reads each policy in full: an unknown element or condition stops the boot. */
export const iam: EffectsOf<"iam"> = {
  "aws:iam/policy:Policy": {
    delayAfterPolicyCreationInMs: "idle",
    description: "idle",
    name: "runs",
    namePrefix,
    path: "runs",
    policy: "runs",
    tags: "idle",
  },
  "aws:iam/role:Role": {
    assumeRolePolicy: "runs",
    description: "idle",
    forceDetachPolicies: "idle",
    inlinePolicies: { name: "runs", policy: "runs" },
    managedPolicyArns: "runs",
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    maxSessionDuration: within(3_600, 43_200, "idle"),
    name: "runs",
    namePrefix,
    path: "runs",
    permissionsBoundary: notHere,
    tags: "idle",
  },
  "aws:iam/rolePolicy:RolePolicy": { name: "runs", namePrefix, policy: "runs", role: "runs" },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { policyArn: "runs", role: "runs" },
};
