import type { GraphQLSchema } from "graphql";
import type { Iam } from "../../aws/iam/index.ts";
import type { Principal } from "../../aws/service.ts";
import { AwsError } from "../../aws/service.ts";
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
      if (!(error instanceof AwsError)) throw error;
      if (error.code === "AccessDenied") return false;
      throw new Refusal(error.code, error.message, error.status);
    }
  };
  return {
    allows,
    allowsAny: (principal) => fields.some(({ type, field }) => allows(principal, type, field)),
  };
}
