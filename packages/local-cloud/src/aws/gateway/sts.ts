import type { ServerResponse } from "node:http";
import type { Graph } from "../../base/graph.ts";
import { AwsError, type Service } from "../../base/service.ts";
import { createUserIds } from "../iam/user-ids.ts";
import { failQueryAs, readQuery, sendQuery } from "./query.ts";

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

/** STS with its operation `GetCallerIdentity`, which needs no permission. */
export function createSts(graph: Graph): Service {
  const userIdOf = createUserIds(graph);
  return {
    scopes: ["sts"],
    async handle(call) {
      const { principal, response } = call;
      const { action } = await readQuery(call);
      if (action !== "GetCallerIdentity" || principal.kind !== "role") {
        throw new AwsError("InvalidAction", `Could not find operation ${action} for version 2011-06-15`);
      }
      const { roleArn, sessionArn } = principal;
      sendQuery(response, namespace, action, {
        Arn: sessionArn,
        UserId: userIdOf(principal),
        Account: roleArn.split(":")[4] ?? "",
      });
    },
    fail: failQuery,
  };
}

/** Also the answer for a service that is unknown here and uses the query protocol. */
export function failQuery(response: ServerResponse, error: AwsError): void {
  failQueryAs(response, namespace, error);
}
