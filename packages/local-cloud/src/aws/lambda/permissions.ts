import { type Graph, ofType } from "../../base/graph.ts";
import { type Declared, refuse } from "../../base/refusal.ts";
import { AwsError } from "../../base/service.ts";
import type { FunctionConfiguration } from "./configuration.ts";

/** The resource policies of the functions by ARN, as JSON. Each permission is a statement, as `AddPermission` writes it. */
export function functionPolicies(
  graph: Graph,
  functions: ReadonlyMap<string, FunctionConfiguration>,
): ReadonlyMap<string, string> {
  const statements = new Map<string, unknown[]>();
  for (const permission of ofType(graph, "aws:lambda/permission:Permission")) {
    const { name, inputs } = permission;
    const { arn } = declaredFunction(permission, "function", functions, inputs.qualifier);
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

/** Finds a function by name, partial ARN or ARN. Throws `ResourceNotFoundException`. */
export function resolveFunction(
  reference: string,
  functions: ReadonlyMap<string, FunctionConfiguration>,
  qualifier?: string,
): FunctionConfiguration {
  const found = findFunction(reference, functions, qualifier);
  if (found === undefined) {
    throw new AwsError("ResourceNotFoundException", `Function not found: ${reference}`, 404, {
      Type: "User",
    });
  }
  return found;
}

/** The function that an input of a declaration names. Refuses the declaration if there is none. */
export function declaredFunction<Input extends string>(
  declared: Declared & { readonly inputs: Readonly<Record<Input, string>> },
  input: Input,
  functions: ReadonlyMap<string, FunctionConfiguration>,
  qualifier?: string,
): FunctionConfiguration {
  const reference = declared.inputs[input];
  return (
    findFunction(reference, functions, qualifier) ??
    refuse(declared, input, `is invalid: Function not found: ${reference}`)
  );
}

function findFunction(
  reference: string,
  functions: ReadonlyMap<string, FunctionConfiguration>,
  qualifier = "$LATEST",
): FunctionConfiguration | undefined {
  const named = /^(?:arn:aws[\w-]*:lambda:[\w-]+:)?(?:(\d{12}):)?(?:function:)?([\w-]+)(?::([\w$-]+))?$/.exec(
    reference,
  );
  const [, account, name, version = qualifier] = named ?? [];
  const found =
    functions.get(reference) ??
    [...functions.values()].find(
      (each) => each.name === name && (account ?? each.accountId) === each.accountId,
    );
  return version === "$LATEST" ? found : undefined;
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
