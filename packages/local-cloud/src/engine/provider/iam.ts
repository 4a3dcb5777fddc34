import type { ModelsOf } from "./model.ts";

export const iam: ModelsOf<"iam"> = {
  "aws:iam/policy:Policy": {
    named: { property: "name", maxLength: 128 },
    documents: ["policy"],
    compute: ({ path = "/" }, at) => {
      const arn = at.globalArn("iam", `policy${path}${at.name}`);
      return { id: arn, name: at.name, arn, policyId: `ANPA${at.hex(17).toUpperCase()}` };
    },
  },
  "aws:iam/role:Role": {
    named: { property: "name", maxLength: 64 },
    documents: ["assumeRolePolicy"],
    compute: ({ path = "/" }, at) => ({
      id: at.name,
      name: at.name,
      arn: at.globalArn("iam", `role${path}${at.name}`),
      uniqueId: `AROA${at.hex(17).toUpperCase()}`,
    }),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    named: { property: "name", maxLength: 128 },
    documents: ["policy"],
    compute: ({ role }, at) => ({ id: `${role}:${at.name}`, name: at.name }),
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    compute: ({ role, policyArn }) => ({ id: `${role}/${policyArn}` }),
  },
};
