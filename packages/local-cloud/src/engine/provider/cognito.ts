import type { ModelsOf } from "./model.ts";

const named = { property: "name", maxLength: 128 };

export const cognito: ModelsOf<"cognito"> = {
  "aws:cognito/userGroup:UserGroup": {
    named,
    compute: ({ userPoolId }, at) => ({ id: `${userPoolId}/${at.name}`, name: at.name }),
  },
  "aws:cognito/userPool:UserPool": {
    named,
    compute: (_inputs, at) => {
      const id = `${at.region}_${at.hex(9)}`;
      return {
        id,
        name: at.name,
        arn: at.arn("cognito-idp", `userpool/${id}`),
        endpoint: `cognito-idp.${at.region}.amazonaws.com/${id}`,
      };
    },
  },
  "aws:cognito/userPoolClient:UserPoolClient": {
    named,
    compute: ({ generateSecret }, at) => ({
      id: at.hex(26),
      name: at.name,
      ...(generateSecret === true && { clientSecret: at.hex(52, "secret") }),
    }),
  },
};
