import { type FatesOf, refused, notHere, within } from "./fate.ts";

const namePrefix = refused("is not supported locally: give name");

/** Policies are read whole: an element or a condition that is not known stops the boot. */
export const iam: FatesOf<"iam"> = {
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
