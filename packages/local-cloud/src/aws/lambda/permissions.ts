import { type Graph, ofType } from "../../base/graph.ts";
import { AwsError } from "../../base/service.ts";
import type { FunctionConfiguration } from "./configuration.ts";

/** The resource policy of each function by its ARN, as `AddPermission` would write it, in JSON. */
export function functionPolicies(
  graph: Graph,
  functions: ReadonlyMap<string, FunctionConfiguration>,
): ReadonlyMap<string, string> {
  const statements = new Map<string, unknown[]>();
  for (const { name, inputs } of ofType(graph, "aws:lambda/permission:Permission")) {
    if (inputs.functionUrlAuthType !== undefined || inputs.invokedViaFunctionUrl) {
      throw new AwsError(
        "InvalidParameterValueException",
        `Permission ${name}: function URLs are not supported locally.`,
      );
    }
    const { arn } = resolveFunction(inputs.function, functions, inputs.qualifier);
    const statement = {
      Sid: inputs.statementId ?? name,
      Effect: "Allow",
      Principal: principalOf(inputs.principal),
      Action: inputs.action,
      Resource: arn,
      ...conditionOf(inputs),
    };
    statements.set(arn, [...(statements.get(arn) ?? []), statement]);
  }
  return new Map(
    [...statements].map(([arn, Statement]) => [arn, JSON.stringify({ Version: "2012-10-17", Statement })]),
  );
}

/** Finds a function by name, partial or whole ARN. Throws `ResourceNotFoundException`. */
export function resolveFunction(
  reference: string,
  functions: ReadonlyMap<string, FunctionConfiguration>,
  qualifier = "$LATEST",
): FunctionConfiguration {
  const named = /^(?:arn:aws[\w-]*:lambda:[\w-]+:)?(?:(\d{12}):)?(?:function:)?([\w-]+)(?::([\w$-]+))?$/.exec(
    reference,
  );
  const [, account, name, version = qualifier] = named ?? [];
  const found =
    functions.get(reference) ??
    [...functions.values()].find(
      (each) => each.name === name && (account ?? each.accountId) === each.accountId,
    );
  if (found && version === "$LATEST") {
    return found;
  }
  throw new AwsError("ResourceNotFoundException", `Function not found: ${reference}`, 404, { Type: "User" });
}

function principalOf(principal: string): unknown {
  if (principal === "*") {
    return "*";
  }
  if (/^\d{12}$/.test(principal)) {
    return { AWS: `arn:aws:iam::${principal}:root` };
  }
  return principal.startsWith("arn:") ? { AWS: principal } : { Service: principal };
}

function conditionOf(inputs: {
  readonly sourceArn?: string | undefined;
  readonly sourceAccount?: string | undefined;
  readonly principalOrgId?: string | undefined;
}): object {
  const equal = {
    ...(inputs.sourceAccount === undefined ? {} : { "AWS:SourceAccount": inputs.sourceAccount }),
    ...(inputs.principalOrgId === undefined ? {} : { "aws:PrincipalOrgID": inputs.principalOrgId }),
  };
  const condition = {
    ...(Object.keys(equal).length > 0 ? { StringEquals: equal } : {}),
    ...(inputs.sourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": inputs.sourceArn } }),
  };
  return Object.keys(condition).length > 0 ? { Condition: condition } : {};
}
