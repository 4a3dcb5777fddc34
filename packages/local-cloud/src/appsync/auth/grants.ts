import type { GraphQLSchema } from "graphql";
import type { Iam } from "../../aws/iam/index.ts";
import { AwsError, type Principal } from "../../base/service.ts";
import { Refusal } from "../refusal.ts";

/** What IAM lets a role do with the API. */
export interface Grants {
  /** `appsync:GraphQL` on one field of a root type. */
  allows(principal: Principal, type: string, field: string): boolean;
  /** On any field of any root type: without, AppSync turns the whole request away. */
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
  /** By role, the field found last: a role that calls one field, as most do, is asked about that one first. */
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
