import type { Graph } from "../../base/graph.ts";
import type { Principal } from "../../base/service.ts";
import { sourceContext } from "../iam/caller.ts";
import type { Iam } from "../iam/index.ts";
import type { FunctionConfiguration } from "./configuration.ts";
import { functionPolicies, resolveFunction } from "./permissions.ts";

/**
 * Finds a function that the principal may invoke. `sourceArn` is the resource for which a service principal acts.
 * Throws `ResourceNotFoundException` or `AccessDenied`.
 */
export type Access = (
  principal: Principal,
  reference: string,
  sourceArn?: string,
  qualifier?: string,
) => FunctionConfiguration;

export function createAccess(
  { graph, iam }: { readonly graph: Graph; readonly iam: Iam },
  configurations: ReadonlyMap<string, FunctionConfiguration>,
): Access {
  const policies = functionPolicies(graph, configurations);
  return (principal, reference, sourceArn, qualifier) => {
    const configuration = resolveFunction(reference, configurations, qualifier);
    const { arn, accountId } = configuration;
    if (!isLambda(principal)) {
      iam.authorize({
        principal,
        action: "lambda:InvokeFunction",
        resource: arn,
        resourcePolicy: policies.get(arn),
        context: sourceContext(sourceArn, accountId),
      });
    }
    return configuration;
  };
}

/** Event source mappings are part of Lambda. They need no permission on the function. */
const isLambda = (principal: Principal): boolean =>
  principal.kind === "service" && principal.service === "lambda.amazonaws.com";
