import type { GraphQLSchema } from "graphql";
import type { Iam } from "../../aws/iam/index.ts";
import { AwsError, type Principal } from "../../base/service.ts";
import { Refusal } from "../refusal.ts";

/** What IAM allows a role to do with the API. */
export interface Grants {
  /** `appsync:GraphQL` on one field of a root type. */
  allows(principal: Principal, type: string, field: string): boolean;
  /** On any field of a root type. Otherwise AppSync refuses the whole request. */
  allowsAny(principal: Principal): boolean;
}

export function createGrants(iam: Iam, apiArn: string, schema: GraphQLSchema): Grants {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((type) =>
    type ? Object.keys(type.getFields()).map((field) => ({ type: type.name, field })) : [],
  );
  const allows = (principal: Principal, type: string, field: string): boolean => {
    try {
      iam.authorize({
        principal,
        action: "appsync:GraphQL",
        resource: `${apiArn}/types/${type}/fields/${field}`,
      });
      return true;
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      if (error.code === "AccessDenied") {
        return false;
      }
      throw new Refusal(error.code, error.message, error.status);
    }
  };
  /** The last allowed field by role. It is checked first, because most roles call one field. */
  const known = new Map<string, (typeof fields)[number]>();
  return {
    allows,
    allowsAny(principal) {
      const who = principal.kind === "role" ? principal.roleArn : principal.service;
      const last = known.get(who);
      const found = [...(last ? [last] : []), ...fields].find(({ type, field }) =>
        allows(principal, type, field),
      );
      if (found) {
        known.set(who, found);
      }
      return found !== undefined;
    },
  };
}
