import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";
import type { Principal } from "../../base/service.ts";
import type { Need } from "./needs.ts";
import { tableArn } from "./tables.ts";

export interface AccessOptions {
  readonly iam: Pick<Iam, "authorize">;
  readonly region: string;
  readonly accountId: string;
}

/** Checks permissions. Throws `AccessDeniedException` for those that the principal does not have. */
export interface Access {
  /** `action` has no prefix: `GetRecords`. `resource` is an ARN or `*`. */
  authorize(principal: Principal, action: string, resource: string): void;
  authorizeTable(principal: Principal, need: Need): void;
}

export function createAccess({ iam, region, accountId }: AccessOptions): Access {
  const authorize = (principal: Principal, action: string, resource: string, context: Need["context"] = {}) =>
    deniedAs("AccessDeniedException", 400, () =>
      iam.authorize({ principal, action: `dynamodb:${action}`, resource, context }),
    );
  return {
    authorize: (principal, action, resource) => authorize(principal, action, resource),
    authorizeTable(principal, { action, tableName, index, context }) {
      // A table of another account or region is named by its ARN.
      const table = tableName.startsWith("arn:") ? tableName : tableArn({ region, accountId }, tableName);
      authorize(principal, action, index === undefined ? table : `${table}/index/${index}`, context);
    },
  };
}
