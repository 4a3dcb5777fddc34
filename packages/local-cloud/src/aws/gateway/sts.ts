import type { ServerResponse } from "node:http";
import { type Graph, ofType } from "../../base/graph.ts";
import { AwsError, type Principal, type Service } from "../../base/service.ts";
import { failQueryAs, readQuery, sendQuery } from "./query.ts";

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

/** STS with its operation `GetCallerIdentity`, which needs no permission. */
export function createSts(graph: Graph): Service {
  const ids = new Map(
    ofType(graph, "aws:iam/role:Role").map(({ outputs }) => [outputs.arn, outputs.uniqueId]),
  );
  return {
    scopes: ["sts"],
    async handle(call) {
      const { principal, response } = call;
      const { action } = await readQuery(call);
      if (action !== "GetCallerIdentity" || principal.kind !== "role") {
        throw new AwsError("InvalidAction", `Could not find operation ${action} for version 2011-06-15`);
      }
      sendQuery(response, namespace, action, identityOf(principal, ids));
    },
    fail: failQuery,
  };
}

function identityOf(
  { roleArn, sessionArn }: Extract<Principal, { kind: "role" }>,
  ids: ReadonlyMap<string, string>,
) {
  return {
    Arn: sessionArn,
    UserId: `${ids.get(roleArn) ?? ""}:${sessionArn.split("/").at(-1) ?? ""}`,
    Account: roleArn.split(":")[4] ?? "",
  };
}

/** Also the answer for a service that is unknown here and uses the query protocol. */
export function failQuery(response: ServerResponse, error: AwsError): void {
  failQueryAs(response, namespace, error);
}
