import { type Graph, ofType } from "../../base/graph.ts";
import type { Principal } from "../../base/service.ts";

/** `UserId` of STS and `SenderId` of SQS: the id of the role with the name of its session, or the name of the service. */
export function createUserIds(graph: Graph): (principal: Principal) => string {
  const ids = new Map(
    ofType(graph, "aws:iam/role:Role").map(({ outputs }) => [outputs.arn, outputs.uniqueId]),
  );
  return (principal) =>
    principal.kind === "service"
      ? principal.service
      : `${ids.get(principal.roleArn) ?? ""}:${principal.sessionArn.split("/").at(-1) ?? ""}`;
}
